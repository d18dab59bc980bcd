//! The compression function G with AVX2: a block is 32 registers of four words, which stand where the RFC has them.
//!
//! Registers 4i to 4i+3 are one row's `a`, `b`, `c` and `d` of GB. Registers i, i+4 and so on to i+28 are two columns':
//! each holds two words of the one and two of the other, so `a` to `d` are two registers each.
#![expect(clippy::indexing_slicing, reason = "a step's indexes are within the memory: see `segment`")]

use core::arch::x86_64::*;

use crate::block::{Block, WORDS, replace};
use crate::segment::{Segment, Step};

const REGISTERS: usize = WORDS / 4;

/// `a`, `b`, `c` and `d` of GB, each for two rows or two columns. They are mixed side by side, so that one register's
/// instructions fill the time in which the other's are under way.
type Quarters = [[__m256i; 2]; 4];

#[target_feature(enable = "avx2")]
pub(crate) fn fill(memory: &mut [Block], segment: &Segment) {
    segment.fill(memory, |word| word, |memory, step| compress(memory, step));
}

#[target_feature(enable = "avx2")]
#[inline]
fn compress(memory: &mut [Block], step: &Step<'_>) -> usize {
    let (previous, reference) = (&memory[step.previous], &memory[step.reference]);
    let mut s = [_mm256_setzero_si256(); REGISTERS];
    for (i, s) in s.iter_mut().enumerate() {
        *s = _mm256_xor_si256(load(previous, i), load(reference, i));
    }
    // There are not registers enough for what is added at the end: it waits where the result goes.
    let current = &mut memory[step.current];
    for (i, &s) in s.iter().enumerate() {
        store(current, i, if step.xor { _mm256_xor_si256(s, load(current, i)) } else { s });
    }
    replace!(s, rows: [0, 4] [1, 5] [2, 6] [3, 7]);
    replace!(s, rows: [8, 12] [9, 13] [10, 14] [11, 15]);
    replace!(s, rows: [16, 20] [17, 21] [18, 22] [19, 23]);
    replace!(s, rows: [24, 28] [25, 29] [26, 30] [27, 31]);
    replace!(s, columns: [0, 4] [8, 12] [16, 20] [24, 28]);
    // The next reference is known almost half a round early: time to fetch it.
    s[0] = _mm256_xor_si256(s[0], load(current, 0));
    let first_word = _mm_cvtsi128_si64(_mm256_castsi256_si128(s[0])).cast_unsigned();
    let next = step.next.map_or(0, |next| next.reference(first_word));
    fetch(&memory[next]);
    replace!(s, columns: [1, 5] [9, 13] [17, 21] [25, 29]);
    replace!(s, columns: [2, 6] [10, 14] [18, 22] [26, 30]);
    replace!(s, columns: [3, 7] [11, 15] [19, 23] [27, 31]);
    let current = &mut memory[step.current];
    store(current, 0, s[0]);
    for (i, &s) in s.iter().enumerate().skip(1) {
        store(current, i, _mm256_xor_si256(s, load(current, i)));
    }
    next
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(block: &Block, register: usize) -> __m256i {
    bytemuck::must_cast(block.as_chunks::<4>().0[register])
}

#[target_feature(enable = "avx2")]
#[inline]
fn store(block: &mut Block, register: usize, value: __m256i) {
    block.as_chunks_mut::<4>().0[register] = bytemuck::must_cast(value);
}

/// Asks for a block to be brought close; nothing else.
#[target_feature(enable = "avx2")]
#[inline]
fn fetch(block: &Block) {
    for line in block.as_chunks::<8>().0 {
        _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast());
    }
}

/// The permutation P of rows.
#[target_feature(enable = "avx2")]
#[inline]
fn rows(quarters: Quarters) -> Quarters {
    let [a, mut b, mut c, mut d] = mix(quarters);
    for ((b, c), d) in b.iter_mut().zip(&mut c).zip(&mut d) {
        *b = _mm256_permute4x64_epi64::<0b00_11_10_01>(*b);
        *c = _mm256_permute4x64_epi64::<0b01_00_11_10>(*c);
        *d = _mm256_permute4x64_epi64::<0b10_01_00_11>(*d);
    }
    let [a, mut b, mut c, mut d] = mix([a, b, c, d]);
    for ((b, c), d) in b.iter_mut().zip(&mut c).zip(&mut d) {
        *b = _mm256_permute4x64_epi64::<0b10_01_00_11>(*b);
        *c = _mm256_permute4x64_epi64::<0b01_00_11_10>(*c);
        *d = _mm256_permute4x64_epi64::<0b00_11_10_01>(*d);
    }
    [a, b, c, d]
}

/// The permutation P of columns.
#[target_feature(enable = "avx2")]
#[inline]
fn columns(quarters: Quarters) -> Quarters {
    let [a, [b0, b1], [c0, c1], [d0, d1]] = mix(quarters);
    let b = [_mm256_alignr_epi8::<8>(b1, b0), _mm256_alignr_epi8::<8>(b0, b1)];
    let d = [_mm256_alignr_epi8::<8>(d0, d1), _mm256_alignr_epi8::<8>(d1, d0)];
    let [a, [b0, b1], [c1, c0], [d0, d1]] = mix([a, b, [c1, c0], d]);
    let b = [_mm256_alignr_epi8::<8>(b0, b1), _mm256_alignr_epi8::<8>(b1, b0)];
    let d = [_mm256_alignr_epi8::<8>(d1, d0), _mm256_alignr_epi8::<8>(d0, d1)];
    [a, b, [c0, c1], d]
}

/// GB of RFC 9106, section 3.6, for all words of the registers.
#[target_feature(enable = "avx2")]
#[inline]
fn mix([mut a, mut b, mut c, mut d]: Quarters) -> Quarters {
    #[rustfmt::skip]
    let by_24 = _mm256_broadcastsi128_si256(_mm_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10));
    #[rustfmt::skip]
    let by_16 = _mm256_broadcastsi128_si256(_mm_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9));
    half(&mut a, &b, &mut d, |d| _mm256_shuffle_epi32::<0b10_11_00_01>(d));
    half(&mut c, &d, &mut b, |b| _mm256_shuffle_epi8(b, by_24));
    half(&mut a, &b, &mut d, |d| _mm256_shuffle_epi8(d, by_16));
    half(&mut c, &d, &mut b, |b| _mm256_xor_si256(_mm256_srli_epi64::<63>(b), _mm256_add_epi64(b, b)));
    [a, b, c, d]
}

/// `x` becomes `x + y + 2 lo(x) lo(y)`, then `z` becomes `z ^ x`, rotated.
#[target_feature(enable = "avx2")]
#[inline]
fn half(x: &mut [__m256i; 2], y: &[__m256i; 2], z: &mut [__m256i; 2], rotated: impl Fn(__m256i) -> __m256i) {
    let mut product = [_mm256_setzero_si256(); 2];
    for ((product, x), y) in product.iter_mut().zip(&*x).zip(y) {
        *product = _mm256_mul_epu32(*x, *y);
    }
    for (x, y) in x.iter_mut().zip(y) {
        *x = _mm256_add_epi64(*x, *y);
    }
    for product in &mut product {
        *product = _mm256_add_epi64(*product, *product);
    }
    for (x, product) in x.iter_mut().zip(&product) {
        *x = _mm256_add_epi64(*x, *product);
    }
    for (z, x) in z.iter_mut().zip(&*x) {
        *z = rotated(_mm256_xor_si256(*z, *x));
    }
}
