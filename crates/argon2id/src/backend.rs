//! Which instructions a hash is computed with. The only `unsafe` code of the project: two calls of safe functions that
//! are compiled for instructions which not every processor has.

use crate::block::Block;
use crate::portable;
use crate::segment::Segment;
#[cfg(target_arch = "x86_64")]
use crate::{avx2, avx512};

/// A way to compute hashes that this processor can go. There is no value of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backend(Kind);

/// Made in this file only, of the vector kinds by [`Backend::avx512`] and [`Backend::avx2`] only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Backend {
    /// The fastest.
    pub fn fastest() -> Self {
        Self::avx512().or_else(Self::avx2).unwrap_or_else(Self::portable)
    }

    /// 512-bit vectors; none where the processor or the operating system lacks AVX-512F.
    pub fn avx512() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx512f") {
            return Some(Self(Kind::Avx512));
        }
        None
    }

    /// 256-bit vectors; none where the processor or the operating system lacks AVX2.
    pub fn avx2() -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            return Some(Self(Kind::Avx2));
        }
        None
    }

    /// What every processor can do.
    pub const fn portable() -> Self {
        Self(Kind::Portable)
    }

    /// `avx512`, `avx2` or `portable`.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            Kind::Portable => "portable",
        }
    }

    /// Where in a block the RFC's word stands.
    pub(crate) fn place(self, word: usize) -> usize {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => avx512::place(word),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => word,
            Kind::Portable => word,
        }
    }

    /// Fills a segment of the memory, which holds all blocks of the segment's shape.
    #[cfg_attr(
        target_arch = "x86_64",
        expect(
            unsafe_code,
            reason = "the processor's instructions are known at run time only; see the proofs"
        )
    )]
    pub(crate) fn fill(self, memory: &mut [Block], segment: &Segment) {
        match self.0 {
            // SAFETY: `avx512::fill` is safe but for what it is compiled for: its caller must know that there is AVX-512F.
            // `self` proves it: a `Kind::Avx512` is made in `Backend::avx512` alone, after `is_x86_feature_detected!` has
            // found AVX-512F, both in the processor and switched on by the operating system, and neither goes away while
            // the process runs.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { avx512::fill(memory, segment) },
            // SAFETY: as above: `avx2::fill` needs AVX2, and a `Kind::Avx2` is made in `Backend::avx2` alone, after
            // `is_x86_feature_detected!` has found it.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { avx2::fill(memory, segment) },
            Kind::Portable => portable::fill(memory, segment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a block are 128, and the first one is read where it stands (`segment`).
    #[test]
    fn a_backend_moves_words_within_a_block_and_not_the_first() {
        for backend in [Backend::avx512(), Backend::avx2(), Some(Backend::portable())].into_iter().flatten() {
            let places: std::collections::BTreeSet<_> = (0..128).map(|word| backend.place(word)).collect();
            assert!(places.into_iter().eq(0..128), "{}", backend.name());
            assert_eq!(backend.place(0), 0);
        }
    }

    #[test]
    fn the_fastest_is_the_one_with_the_widest_vectors() {
        let widest =
            [Backend::avx512(), Backend::avx2(), Some(Backend::portable())].into_iter().flatten().next();
        assert_eq!(Some(Backend::fastest()), widest);
    }
}
