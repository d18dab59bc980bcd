//! The working memory of one hashing thread and the backend that fills it: mapped at first use, reused from job to job,
//! wiped and given back to the operating system when told. Not the policy of when: that is the worker's.

use std::io;

use argon2id::{Block, Inputs, Params};
use memmap2::MmapMut;
use zeroize::Zeroize as _;

use crate::{Backend, Cost};

/// Argon2's blocks, owned by one thread.
///
/// Mapped and not allocated: what is unmapped goes back to the operating system at once, while an allocator may keep it,
/// and a map can ask for large pages.
pub(crate) struct Memory {
    backend: Backend,
    /// Whole blocks; none until the first hash.
    map: Option<MmapMut>,
}

impl Memory {
    /// None yet.
    pub(crate) fn new(backend: Backend) -> Self {
        Self { backend, map: None }
    }

    /// Computes Argon2id over the inputs into `out`, in this memory.
    pub(crate) fn derive(
        &mut self,
        cost: &Cost,
        password: &[u8],
        salt: &[u8],
        out: &mut [u8],
    ) -> Result<(), DeriveError> {
        let Cost { memory_kib, iterations, parallelism } = *cost;
        let params = Params { memory_kib, iterations, parallelism };
        let inputs = Inputs { password, salt, ..Inputs::default() };
        let backend = self.backend;
        let map = self.at_least(params.blocks()?)?;
        // Pages begin where blocks may, and the map holds whole ones.
        let blocks: &mut [Block] = bytemuck::cast_slice_mut(map);
        Ok(backend.hash(&params, &inputs, blocks, out)?)
    }

    /// Wipes the memory and gives it back if it is larger than a hash of `cost` needs, so that one dear hash does
    /// not hold its memory while cheaper ones keep the thread busy.
    pub(crate) fn release_beyond(&mut self, cost: &Cost) {
        if usize::try_from(cost.memory_kib).is_ok_and(|blocks| self.blocks() > blocks) {
            self.release();
        }
    }

    /// Wipes the memory and gives it back.
    pub(crate) fn release(&mut self) {
        if let Some(mut map) = self.map.take() {
            bytemuck::cast_slice_mut::<u8, u64>(&mut map).zeroize();
        }
    }

    fn blocks(&self) -> usize {
        self.map.as_ref().map_or(0, |map| map.len() / size_of::<Block>())
    }

    fn at_least(&mut self, blocks: usize) -> Result<&mut MmapMut, DeriveError> {
        if self.blocks() < blocks {
            self.release();
        }
        match &mut self.map {
            Some(map) => Ok(map),
            none => Ok(none.insert(map(blocks)?)),
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.release();
    }
}

/// Fresh memory, in large pages where the system has them: a hash reads all over it, and finding the small ones takes a
/// seventh to a fifth of its time.
fn map(blocks: usize) -> io::Result<MmapMut> {
    let map = MmapMut::map_anon(blocks.saturating_mul(size_of::<Block>()))?;
    // Best effort: without, hashes are the same and take longer.
    #[cfg(target_os = "linux")]
    let _ = map.advise(memmap2::Advice::HugePage);
    Ok(map)
}

/// Why a hash could not be computed. Neither depends on the password.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeriveError {
    #[error("there is not enough memory for it")]
    OutOfMemory(#[from] io::Error),
    #[error("Argon2 refused its parameters")]
    Argon2(#[from] argon2id::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn used_memory_gives_the_same_hash_as_fresh_memory() {
        for backend in [Backend::fastest(), Backend::portable()] {
            let hash = |memory: &mut Memory, memory_kib: u32| {
                let cost = Cost { memory_kib, iterations: 1, parallelism: 1 };
                let mut out = [0; 32];
                memory.derive(&cost, b"password", b"somesalt", &mut out).unwrap();
                out
            };
            let mut reused = Memory::new(backend);
            for kib in [64, 256, 32, 64, 40_000, 64] {
                assert_eq!(hash(&mut reused, kib), hash(&mut Memory::new(backend), kib), "{kib} KiB");
            }
            assert_eq!(reused.blocks(), 40_000);

            reused.release_beyond(&Cost { memory_kib: 40_000, iterations: 1, parallelism: 1 });
            assert_eq!(reused.blocks(), 40_000, "just what the cost needs");
            reused.release_beyond(&Cost { memory_kib: 39_999, iterations: 1, parallelism: 1 });
            assert!(reused.map.is_none());
        }
    }

    #[test]
    fn memory_that_the_system_does_not_have_is_an_error() {
        let mut memory = Memory::new(Backend::portable());
        assert!(matches!(memory.at_least(usize::MAX / 2048), Err(DeriveError::OutOfMemory(_))));
        assert_eq!(memory.blocks(), 0);
    }
}
