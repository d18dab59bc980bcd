//! What one Argon2id hash costs, and the bounds inside which a cost is accepted, whether it comes from the
//! configuration or from a stored hash. Not a recommendation: which cost is wise is the configuration's business.

/// The cost of one Argon2id hash (RFC 9106, section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB (the RFC's `m`): at least 8 for each lane, at most [`Cost::MAX_MEMORY_KIB`].
    pub memory_kib: u32,
    /// Passes over the memory (`t`): 1 to [`Cost::MAX_ITERATIONS`].
    pub iterations: u32,
    /// Lanes (`p`): 1 to [`Cost::MAX_PARALLELISM`]. One thread computes them all, one after the other.
    pub parallelism: u32,
}

impl Cost {
    /// 1 GiB. RFC 9106 would allow 4 TiB; a stored hash must not be able to take the machine down.
    pub const MAX_MEMORY_KIB: u32 = 1024 * 1024;
    /// Passes beyond this make one verification last minutes.
    pub const MAX_ITERATIONS: u32 = 64;
    /// RFC 9106 allows 2^24 - 1, which says nothing about a login on one machine.
    pub const MAX_PARALLELISM: u32 = 16;
    /// RFC 9106, section 3.1: the memory has at least 8 blocks of 1 KiB a lane.
    const MIN_MEMORY_KIB_PER_LANE: u32 = 8;

    /// Whether a hash can be made at this cost.
    ///
    /// # Errors
    /// The first parameter that lies outside its bounds, in a sentence for the operator.
    pub fn check(&self) -> Result<(), InvalidCost> {
        let Self { memory_kib, iterations, parallelism } = *self;
        if !(1..=Self::MAX_PARALLELISM).contains(&parallelism) {
            return Err(InvalidCost::Parallelism { parallelism });
        }
        let minimum = Self::MIN_MEMORY_KIB_PER_LANE * parallelism;
        if !(minimum..=Self::MAX_MEMORY_KIB).contains(&memory_kib) {
            return Err(InvalidCost::Memory { memory_kib, minimum });
        }
        if !(1..=Self::MAX_ITERATIONS).contains(&iterations) {
            return Err(InvalidCost::Iterations { iterations });
        }
        Ok(())
    }
}

impl Default for Cost {
    /// 19 MiB, two passes, one lane: the first choice of OWASP's Password Storage Cheat Sheet for Argon2id.
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

/// A cost outside the bounds of [`Cost::check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCost {
    /// Too little memory for the lanes, or more than is ever accepted.
    #[error(
        "Argon2id's memory must be between {minimum} KiB (8 for each lane) and {max} KiB, not {memory_kib}",
        max = Cost::MAX_MEMORY_KIB
    )]
    Memory {
        /// What was asked for, in KiB.
        memory_kib: u32,
        /// The least that the asked parallelism allows, in KiB.
        minimum: u32,
    },
    /// No pass, or more than are ever accepted.
    #[error("Argon2id's iterations must be between 1 and {max}, not {iterations}", max = Cost::MAX_ITERATIONS)]
    Iterations {
        /// What was asked for.
        iterations: u32,
    },
    /// No lane, or more than are ever accepted.
    #[error("Argon2id's parallelism must be between 1 and {max}, not {parallelism}", max = Cost::MAX_PARALLELISM)]
    Parallelism {
        /// What was asked for.
        parallelism: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(memory_kib: u32, iterations: u32, parallelism: u32) -> Cost {
        Cost { memory_kib, iterations, parallelism }
    }

    #[test]
    fn the_bounds_themselves_are_accepted() {
        for good in [Cost::default(), cost(8, 1, 1), cost(128, 1, 16), cost(1_048_576, 64, 16)] {
            assert_eq!(good.check(), Ok(()), "{good:?}");
        }
    }

    #[test]
    fn one_step_outside_a_bound_is_named() {
        let cases = [
            (
                cost(7, 1, 1),
                "Argon2id's memory must be between 8 KiB (8 for each lane) and 1048576 KiB, not 7",
            ),
            (
                cost(31, 1, 4),
                "Argon2id's memory must be between 32 KiB (8 for each lane) and 1048576 KiB, not 31",
            ),
            (
                cost(1_048_577, 1, 1),
                "Argon2id's memory must be between 8 KiB (8 for each lane) and 1048576 KiB, not 1048577",
            ),
            (cost(8, 0, 1), "Argon2id's iterations must be between 1 and 64, not 0"),
            (cost(8, 65, 1), "Argon2id's iterations must be between 1 and 64, not 65"),
            (cost(8, 1, 0), "Argon2id's parallelism must be between 1 and 16, not 0"),
            (cost(u32::MAX, 1, 17), "Argon2id's parallelism must be between 1 and 16, not 17"),
            (
                cost(u32::MAX, u32::MAX, u32::MAX),
                "Argon2id's parallelism must be between 1 and 16, not 4294967295",
            ),
        ];
        for (bad, sentence) in cases {
            assert_eq!(bad.check().unwrap_err().to_string(), sentence);
        }
    }
}
