//! The compression function G with AVX-512F: a block is 16 registers of eight words, and a rotation is one instruction.
//!
//! A register holds four words of one row and the same four of the row below ([`place`]). So both halves of G go without
//! moving words between registers: registers 4i to 4i+3 are two rows' `a`, `b`, `c` and `d` of GB, registers i, i+4, i+8
//! and i+12 are two columns'.
#![expect(clippy::indexing_slicing, reason = "a step's indexes are within the memory: see `segment`")]

use core::arch::x86_64::*;

use crate::block::{Block, WORDS, replace};
use crate::segment::{Segment, Step};

const REGISTERS: usize = WORDS / 8;

/// `a`, `b`, `c` and `d` of GB, each for `N` pairs of rows or columns. They are mixed side by side, so that one pair's
/// instructions fill the time in which another's are under way.
type Quarters<const N: usize> = [[__m512i; N]; 4];

/// Where in a block the RFC's word stands: of its seven bits, four of the row and three of the pair's column among them,
/// the row's last one moves down behind the group of four.
pub(crate) fn place(word: usize) -> usize {
    let (row_pair, odd_row, group, in_group) = (word / 32, word / 16 % 2, word / 4 % 4, word % 4);
    row_pair * 32 + group * 8 + odd_row * 4 + in_group
}

#[target_feature(enable = "avx512f")]
pub(crate) fn fill(memory: &mut [Block], segment: &Segment) {
    segment.fill(memory, place, |memory, step| compress(memory, step));
}

#[target_feature(enable = "avx512f")]
#[inline]
fn compress(memory: &mut [Block], step: &Step<'_>) -> usize {
    let (previous, reference) = (&memory[step.previous], &memory[step.reference]);
    let mut s = [_mm512_setzero_si512(); REGISTERS];
    for (i, s) in s.iter_mut().enumerate() {
        *s = _mm512_xor_si512(load(previous, i), load(reference, i));
    }
    // There are not registers enough for what is added at the end: it waits where the result goes.
    let current = &mut memory[step.current];
    for (i, &s) in s.iter().enumerate() {
        store(current, i, if step.xor { _mm512_xor_si512(s, load(current, i)) } else { s });
    }
    replace!(s, rows: [0, 4, 8, 12] [1, 5, 9, 13] [2, 6, 10, 14] [3, 7, 11, 15]);
    replace!(s, columns: [0, 1] [4, 5] [8, 9] [12, 13]);
    // The next reference is known half a round early: time to fetch it.
    s[0] = _mm512_xor_si512(s[0], load(current, 0));
    let first_word = _mm_cvtsi128_si64(_mm512_castsi512_si128(s[0])).cast_unsigned();
    let next = step.next.map_or(0, |next| next.reference(first_word));
    fetch(&memory[next]);
    replace!(s, columns: [2, 3] [6, 7] [10, 11] [14, 15]);
    let current = &mut memory[step.current];
    store(current, 0, s[0]);
    for (i, &s) in s.iter().enumerate().skip(1) {
        store(current, i, _mm512_xor_si512(s, load(current, i)));
    }
    next
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load(block: &Block, register: usize) -> __m512i {
    bytemuck::must_cast(block.as_chunks::<8>().0[register])
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store(block: &mut Block, register: usize, value: __m512i) {
    block.as_chunks_mut::<8>().0[register] = bytemuck::must_cast(value);
}

/// Asks for a block to be brought close; nothing else.
#[target_feature(enable = "avx512f")]
#[inline]
fn fetch(block: &Block) {
    for line in block.as_chunks::<8>().0 {
        _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast());
    }
}

/// The permutation P of rows.
#[target_feature(enable = "avx512f")]
#[inline]
fn rows<const N: usize>(quarters: Quarters<N>) -> Quarters<N> {
    let [a, mut b, mut c, mut d] = mix(quarters);
    for ((b, c), d) in b.iter_mut().zip(&mut c).zip(&mut d) {
        *b = _mm512_permutex_epi64::<0b00_11_10_01>(*b);
        *c = _mm512_permutex_epi64::<0b01_00_11_10>(*c);
        *d = _mm512_permutex_epi64::<0b10_01_00_11>(*d);
    }
    let [a, mut b, mut c, mut d] = mix([a, b, c, d]);
    for ((b, c), d) in b.iter_mut().zip(&mut c).zip(&mut d) {
        *b = _mm512_permutex_epi64::<0b10_01_00_11>(*b);
        *c = _mm512_permutex_epi64::<0b01_00_11_10>(*c);
        *d = _mm512_permutex_epi64::<0b00_11_10_01>(*d);
    }
    [a, b, c, d]
}

/// The permutation P of columns. A register holds words 0 and 1 of both columns, then 2 and 3.
#[target_feature(enable = "avx512f")]
#[inline]
fn columns<const N: usize>(quarters: Quarters<N>) -> Quarters<N> {
    let by_one = _mm512_setr_epi64(1, 4, 3, 6, 5, 0, 7, 2);
    let by_three = _mm512_setr_epi64(5, 0, 7, 2, 1, 4, 3, 6);
    let [a, mut b, mut c, mut d] = mix(quarters);
    for ((b, c), d) in b.iter_mut().zip(&mut c).zip(&mut d) {
        *b = _mm512_permutexvar_epi64(by_one, *b);
        *c = _mm512_shuffle_i64x2::<0b01_00_11_10>(*c, *c);
        *d = _mm512_permutexvar_epi64(by_three, *d);
    }
    let [a, mut b, mut c, mut d] = mix([a, b, c, d]);
    for ((b, c), d) in b.iter_mut().zip(&mut c).zip(&mut d) {
        *b = _mm512_permutexvar_epi64(by_three, *b);
        *c = _mm512_shuffle_i64x2::<0b01_00_11_10>(*c, *c);
        *d = _mm512_permutexvar_epi64(by_one, *d);
    }
    [a, b, c, d]
}

/// GB of RFC 9106, section 3.6, for all words of the registers.
#[target_feature(enable = "avx512f")]
#[inline]
fn mix<const N: usize>([mut a, mut b, mut c, mut d]: Quarters<N>) -> Quarters<N> {
    half::<N, 32>(&mut a, &b, &mut d);
    half::<N, 24>(&mut c, &d, &mut b);
    half::<N, 16>(&mut a, &b, &mut d);
    half::<N, 63>(&mut c, &d, &mut b);
    [a, b, c, d]
}

/// `x` becomes `x + y + 2 lo(x) lo(y)`, then `z` becomes `z ^ x`, rotated.
#[target_feature(enable = "avx512f")]
#[inline]
fn half<const N: usize, const RIGHT: i32>(x: &mut [__m512i; N], y: &[__m512i; N], z: &mut [__m512i; N]) {
    let mut product = [_mm512_setzero_si512(); N];
    for ((product, x), y) in product.iter_mut().zip(&*x).zip(y) {
        *product = _mm512_mul_epu32(*x, *y);
    }
    for (x, y) in x.iter_mut().zip(y) {
        *x = _mm512_add_epi64(*x, *y);
    }
    for product in &mut product {
        *product = _mm512_add_epi64(*product, *product);
    }
    for (x, product) in x.iter_mut().zip(&product) {
        *x = _mm512_add_epi64(*x, *product);
    }
    for (z, x) in z.iter_mut().zip(&*x) {
        *z = _mm512_ror_epi64::<RIGHT>(_mm512_xor_si512(*z, *x));
    }
}
