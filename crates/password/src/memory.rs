//! The working memory of one hashing thread: allocated at first use, reused from job to job, wiped and given back to
//! the operating system when told. Not the policy of when: that is the worker's.

use argon2::{Argon2, Block};
use zeroize::Zeroize;

use crate::Cost;

/// The least that is reserved, in blocks of 1 KiB; only what a hash uses is ever touched, and untouched pages cost
/// nothing.
///
/// Without it the memory would stay with the process for ever. glibc maps large allocations straight from the
/// operating system and unmaps them when freed, but each one freed raises the size that counts as large, up to
/// 32 MiB (mallopt(3), `M_MMAP_THRESHOLD`): the second allocation of 19 MiB already comes from the thread's heap,
/// which keeps it. Above 32 MiB an allocation is always mapped.
const LEAST_RESERVED: usize = 33 * 1024;

/// Argon2's blocks, owned by one thread.
#[derive(Default)]
pub(crate) struct Memory {
    blocks: Vec<Block>,
}

impl Memory {
    /// Computes `argon2` over the inputs into `out`, in this memory.
    pub(crate) fn derive(
        &mut self,
        argon2: &Argon2<'_>,
        password: &[u8],
        salt: &[u8],
        out: &mut [u8],
    ) -> Result<(), DeriveError> {
        let blocks = self.at_least(argon2.params().block_count())?;
        Ok(argon2.hash_password_into_with_memory(password, salt, out, blocks)?)
    }

    /// Wipes the memory and gives it back if it is larger than a hash of `cost` needs, so that one dear hash does
    /// not hold its memory while cheaper ones keep the thread busy.
    pub(crate) fn release_beyond(&mut self, cost: &Cost) {
        if usize::try_from(cost.memory_kib).is_ok_and(|blocks| self.blocks.len() > blocks) {
            self.release();
        }
    }

    /// Wipes the memory and gives it back.
    pub(crate) fn release(&mut self) {
        // The blocks in use only: wiping the vector itself would touch all that is reserved.
        self.blocks.iter_mut().zeroize();
        self.blocks = Vec::new();
    }

    fn at_least(&mut self, count: usize) -> Result<&mut [Block], DeriveError> {
        if self.blocks.capacity() < count {
            // Released first: growing in place would copy the old blocks and leave them behind unwiped.
            self.release();
            self.blocks.try_reserve_exact(count.max(LEAST_RESERVED))?;
        }
        if self.blocks.len() < count {
            self.blocks.resize(count, Block::new());
        }
        Ok(&mut self.blocks)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.release();
    }
}

/// Why a hash could not be computed. Neither depends on the password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeriveError {
    #[error("there is not enough memory for it")]
    OutOfMemory(#[from] std::collections::TryReserveError),
    #[error("Argon2 refused its parameters")]
    Argon2(#[from] argon2::Error),
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, AssociatedData, ParamsBuilder, Version};

    use super::*;

    /// RFC 9106, section 5.3: Argon2id with secret and associated data.
    #[test]
    fn rfc_9106_section_5_3() {
        let mut params = ParamsBuilder::new();
        params.m_cost(32).t_cost(3).p_cost(4).data(AssociatedData::new(&[4; 12]).unwrap());
        let argon2 =
            Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params.build().unwrap())
                .unwrap();
        let mut tag = [0; 32];
        Memory::default().derive(&argon2, &[1; 32], &[2; 16], &mut tag).unwrap();
        assert_eq!(
            tag,
            [
                0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53,
                0xc9, //
                0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6,
                0x59,
            ]
        );
    }

    #[test]
    fn used_memory_gives_the_same_hash_as_fresh_memory() {
        let hash = |memory: &mut Memory, kib: u32| {
            let argon2 = Argon2::new(
                Algorithm::Argon2id,
                Version::V0x13,
                ParamsBuilder::new().m_cost(kib).t_cost(1).build().unwrap(),
            );
            let mut out = [0; 32];
            memory.derive(&argon2, b"password", b"somesalt", &mut out).unwrap();
            out
        };
        let mut reused = Memory::default();
        for kib in [64, 256, 32, 64, 40_000, 64] {
            assert_eq!(hash(&mut reused, kib), hash(&mut Memory::default(), kib), "{kib} KiB");
        }
        assert_eq!(reused.blocks.len(), 40_000);

        reused.release_beyond(&Cost { memory_kib: 40_000, iterations: 1, parallelism: 1 });
        assert_eq!(reused.blocks.len(), 40_000, "just what the cost needs");
        reused.release_beyond(&Cost { memory_kib: 39_999, iterations: 1, parallelism: 1 });
        assert_eq!((reused.blocks.len(), reused.blocks.capacity()), (0, 0));
    }
}
