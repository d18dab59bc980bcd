//! Which blocks are filled in which order, and from which others (RFC 9106, sections 3.2 to 3.4). Not how one is made
//! of two: that is the backend's.
#![expect(
    clippy::indexing_slicing,
    reason = "indexes are bounded by the memory's shape, which `hash` has cut the memory to; a fault here would panic"
)]

use crate::block::{Block, WORDS};

/// Slices a pass, in each of which a lane's part is a segment.
pub(crate) const SLICES: usize = 4;
/// The type of Argon2id, as the address generator is told.
const TYPE: usize = 2;

/// How the memory is laid out: lane behind lane, each of four segments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// At least 1.
    pub(crate) lanes: usize,
    /// In blocks; at least 2.
    pub(crate) segment_length: usize,
    /// Passes.
    pub(crate) iterations: usize,
}

impl Shape {
    /// In blocks.
    pub(crate) fn lane_length(&self) -> usize {
        self.segment_length * SLICES
    }

    /// The whole memory, in blocks.
    pub(crate) fn blocks(&self) -> usize {
        self.lane_length() * self.lanes
    }
}

/// The part of a lane that is filled in one go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub(crate) shape: Shape,
    pub(crate) pass: usize,
    pub(crate) slice: usize,
    pub(crate) lane: usize,
}

/// One call of the compression function: the block at `current` becomes G of the two at `previous` and `reference`.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    pub(crate) previous: usize,
    pub(crate) reference: usize,
    pub(crate) current: usize,
    /// Whether what was there is added (XOR), as in all passes but the first.
    pub(crate) xor: bool,
    /// Where the next step's reference comes from; none where nobody asks for it.
    pub(crate) next: Option<Next<'a>>,
}

/// How the reference of the step to come is found.
#[derive(Clone, Copy)]
pub(crate) struct Next<'a> {
    segment: &'a Segment,
    /// Of the block to come, in its segment.
    index: usize,
    /// The generated address in data-independent segments; elsewhere the first word of the block in the making counts.
    address: Option<u64>,
}

impl Next<'_> {
    #[inline(always)]
    pub(crate) fn reference(&self, first_word: u64) -> usize {
        self.segment.reference(self.index, self.address.unwrap_or(first_word))
    }
}

impl Segment {
    /// Fills the segment. `place` tells where in a block a word stands; `compress` does a step and returns the reference
    /// of the next one.
    ///
    /// Always inlined, and with it the backend's `compress`, so that both are compiled for the backend's instructions.
    #[inline(always)]
    pub(crate) fn fill(
        &self,
        memory: &mut [Block],
        place: impl Fn(usize) -> usize,
        compress: impl Fn(&mut [Block], &Step<'_>) -> usize,
    ) {
        let Self { shape, pass, slice, lane } = *self;
        let lane_start = lane * shape.lane_length();
        let start = lane_start + slice * shape.segment_length;
        // The first two blocks of a lane come from the inputs.
        let first = if pass == 0 && slice == 0 { 2 } else { 0 };
        let mut addresses = Addresses::new(self, &place);
        let mut address_of = |index: usize| {
            self.is_data_independent().then(|| {
                if index == first || index.is_multiple_of(WORDS) {
                    addresses.generate(index / WORDS, &place, &compress);
                }
                addresses.0[2][place(index % WORDS)]
            })
        };
        let mut previous = match start + first {
            begin if begin == lane_start => lane_start + shape.lane_length() - 1,
            begin => begin - 1,
        };
        let mut reference = self.reference(first, address_of(first).unwrap_or(memory[previous][0]));
        for index in first..shape.segment_length {
            let (current, behind) = (start + index, index + 1);
            let next = (behind < shape.segment_length).then(|| Next {
                segment: self,
                index: behind,
                address: address_of(behind),
            });
            reference = compress(memory, &Step { previous, reference, current, xor: pass > 0, next });
            previous = current;
        }
    }

    /// Whether references are generated and not read from the memory, so that the password cannot be told from them.
    fn is_data_independent(&self) -> bool {
        self.pass == 0 && self.slice < SLICES / 2
    }

    /// Where in the memory the block stands that J1 and J2, the lower and the upper half of `drawn`, lead to from the
    /// block at `index` of this segment (RFC 9106, section 3.4.2).
    #[inline(always)]
    fn reference(&self, index: usize, drawn: u64) -> usize {
        let Self { shape, pass, slice, lane } = *self;
        let (segment_length, lane_length) = (shape.segment_length, shape.lane_length());
        // A single lane needs no division, which would stand in the way of every block.
        let from = if shape.lanes == 1 || (pass == 0 && slice == 0) {
            lane
        } else {
            (drawn >> 32) as usize % shape.lanes
        };
        let finished = if pass == 0 { slice * segment_length } else { lane_length - segment_length };
        let area = if from == lane { finished + index - 1 } else { finished - usize::from(index == 0) };
        let j1 = drawn & 0xffff_ffff;
        let back = (area as u64 * ((j1 * j1) >> 32)) >> 32;
        let oldest = if pass == 0 || slice == SLICES - 1 { 0 } else { (slice + 1) * segment_length };
        let position = oldest + area - 1 - back as usize;
        from * lane_length + if position < lane_length { position } else { position - lane_length }
    }
}

/// The generator of data-independent references: a block of zeros, one of inputs, and one of 128 addresses
/// (RFC 9106, section 3.4.1.2).
struct Addresses([Block; 3]);

impl Addresses {
    #[inline(always)]
    fn new(segment: &Segment, place: impl Fn(usize) -> usize) -> Self {
        let Segment { shape, pass, slice, lane } = *segment;
        let mut blocks = [[0; WORDS]; 3];
        let inputs = [pass, lane, slice, shape.blocks(), shape.iterations, TYPE];
        for (word, value) in inputs.into_iter().enumerate() {
            blocks[1][place(word)] = value as u64;
        }
        Self(blocks)
    }

    /// The addresses from `batch` times 128 on.
    #[inline(always)]
    fn generate(
        &mut self,
        batch: usize,
        place: impl Fn(usize) -> usize,
        compress: impl Fn(&mut [Block], &Step<'_>) -> usize,
    ) {
        self.0[1][place(6)] = batch as u64 + 1;
        let step = Step { previous: 0, reference: 1, current: 2, xor: false, next: None };
        compress(&mut self.0, &step);
        compress(&mut self.0, &Step { reference: 2, ..step });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9106, section 3.4.2: never itself, never what is being overwritten, in another lane never its last block
    /// when this segment begins.
    #[test]
    fn a_reference_is_finished_and_not_the_block_before() {
        for (lanes, segment_length) in [(1, 2), (1, 5), (3, 4)] {
            let shape = Shape { lanes, segment_length, iterations: 2 };
            let lane_length = shape.lane_length();
            for (pass, slice, lane) in (0..2).flat_map(|pass| {
                (0..SLICES).flat_map(move |slice| (0..lanes).map(move |lane| (pass, slice, lane)))
            }) {
                let segment = Segment { shape, pass, slice, lane };
                let first = if pass == 0 && slice == 0 { 2 } else { 0 };
                for index in first..segment_length {
                    let own = |reference: usize| reference / lane_length == lane;
                    let current = slice * segment_length + index;
                    let mut seen = std::collections::BTreeSet::new();
                    for drawn in (0..=u64::from(u32::MAX))
                        .step_by(1 << 20)
                        .flat_map(|j1| (0..lanes as u64).map(move |j2| j2 << 32 | j1))
                    {
                        seen.insert(segment.reference(index, drawn));
                    }
                    for reference in &seen {
                        let (at, from) = (reference % lane_length, reference / lane_length);
                        assert!(from < lanes, "{segment:?} {index}: {reference}");
                        let in_segment = at / segment_length == slice;
                        let ahead = at > current || (pass == 0 && at >= current);
                        assert!(!(own(*reference) && at == current), "{segment:?} {index}: itself");
                        assert!(
                            !own(*reference) || at != (current + lane_length - 1) % lane_length,
                            "{segment:?} {index}: the one before"
                        );
                        assert!(
                            own(*reference) || !in_segment,
                            "{segment:?} {index}: in the making elsewhere"
                        );
                        assert!(pass > 0 || !ahead || !own(*reference), "{segment:?} {index}: not there yet");
                        assert!(
                            !(in_segment && at > current),
                            "{segment:?} {index}: about to be overwritten"
                        );
                    }
                }
            }
        }
    }
}
