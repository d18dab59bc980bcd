//! The compression function G for any processor, after RFC 9106, sections 3.5 and 3.6. Words stand where the RFC has
//! them.
#![expect(clippy::indexing_slicing, reason = "a step's indexes are within the memory: see `segment`")]

use crate::block::{Block, WORDS};
use crate::segment::{Segment, Step};

pub(crate) fn fill(memory: &mut [Block], segment: &Segment) {
    segment.fill(memory, |word| word, compress);
}

fn compress(memory: &mut [Block], step: &Step<'_>) -> usize {
    let mut r = memory[step.previous];
    for (word, reference) in r.iter_mut().zip(&memory[step.reference]) {
        *word ^= reference;
    }
    let mut z = r;
    for row in 0..8 {
        permute(&mut z, |word| 16 * row + word);
    }
    for column in 0..8 {
        permute(&mut z, |word| 16 * (word / 2) + 2 * column + word % 2);
    }
    let current = &mut memory[step.current];
    for ((current, z), r) in current.iter_mut().zip(&z).zip(&r) {
        *current = z ^ r ^ if step.xor { *current } else { 0 };
    }
    let first_word = current[0];
    step.next.map_or(0, |next| next.reference(first_word))
}

/// The permutation P of the 16 words at these places.
#[inline(always)]
fn permute(block: &mut Block, place: impl Fn(usize) -> usize) {
    let mut v: [u64; 16] = std::array::from_fn(|word| block[place(word) % WORDS]);
    [v[0], v[4], v[8], v[12]] = mix([v[0], v[4], v[8], v[12]]);
    [v[1], v[5], v[9], v[13]] = mix([v[1], v[5], v[9], v[13]]);
    [v[2], v[6], v[10], v[14]] = mix([v[2], v[6], v[10], v[14]]);
    [v[3], v[7], v[11], v[15]] = mix([v[3], v[7], v[11], v[15]]);
    [v[0], v[5], v[10], v[15]] = mix([v[0], v[5], v[10], v[15]]);
    [v[1], v[6], v[11], v[12]] = mix([v[1], v[6], v[11], v[12]]);
    [v[2], v[7], v[8], v[13]] = mix([v[2], v[7], v[8], v[13]]);
    [v[3], v[4], v[9], v[14]] = mix([v[3], v[4], v[9], v[14]]);
    for (word, value) in v.into_iter().enumerate() {
        block[place(word) % WORDS] = value;
    }
}

/// GB of RFC 9106, section 3.6.
#[inline(always)]
fn mix([mut a, mut b, mut c, mut d]: [u64; 4]) -> [u64; 4] {
    a = add(a, b);
    d = (d ^ a).rotate_right(32);
    c = add(c, d);
    b = (b ^ c).rotate_right(24);
    a = add(a, b);
    d = (d ^ a).rotate_right(16);
    c = add(c, d);
    b = (b ^ c).rotate_right(63);
    [a, b, c, d]
}

/// The sum and twice the product of the lower halves.
#[inline(always)]
fn add(x: u64, y: u64) -> u64 {
    let product = (x & 0xffff_ffff) * (y & 0xffff_ffff);
    x.wrapping_add(y).wrapping_add(product << 1)
}
