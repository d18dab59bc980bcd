//! A hash from its inputs to its tag (RFC 9106, sections 3.1 and 3.2). Not the filling of the memory.
#![expect(clippy::indexing_slicing, reason = "the memory is cut to the shape that all indexes come from")]

use zeroize::Zeroizing;

use crate::Backend;
use crate::blake2b::{LONGEST, blake2b, long};
use crate::block::{Block, WORDS};
use crate::segment::{SLICES, Segment, Shape};

/// Argon2's version number, in the RFC's text 1.3.
const VERSION: u32 = 0x13;
/// The type of Argon2id.
const TYPE: u32 = 2;
/// RFC 9106, section 3.1: eight blocks a lane.
const LEAST_BLOCKS: u32 = 8;
const MOST_LANES: u32 = (1 << 24) - 1;
/// RFC 9106, section 3.1.
const SHORTEST_TAG: usize = 4;

/// What a hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Memory in KiB (`m`): at least 8 for each lane.
    pub memory_kib: u32,
    /// Passes over the memory (`t`): at least 1.
    pub iterations: u32,
    /// Lanes (`p`): 1 to 2^24 - 1.
    pub parallelism: u32,
}

/// What is hashed.
#[derive(Clone, Copy, Default)]
pub struct Inputs<'a> {
    /// The password (`P`).
    pub password: &'a [u8],
    /// The salt (`S`).
    pub salt: &'a [u8],
    /// A key (`K`); empty for none.
    pub secret: &'a [u8],
    /// More to be bound to the tag (`X`); empty for none.
    pub associated_data: &'a [u8],
}

impl Backend {
    /// Computes the tag, as long as `tag` is, in the first [`Params::blocks`] of `memory`. What was in it does not
    /// matter; what is in it afterwards is as secret as the password. It is for the caller to wipe.
    ///
    /// # Errors
    /// When a parameter or a length is out of bounds, or there is too little memory; nothing was computed then.
    pub fn hash(
        self,
        params: &Params,
        inputs: &Inputs<'_>,
        memory: &mut [Block],
        tag: &mut [u8],
    ) -> Result<(), Error> {
        let shape = params.shape()?;
        if tag.len() < SHORTEST_TAG {
            return Err(Error::TagLength);
        }
        let memory = memory.get_mut(..shape.blocks()).ok_or(Error::TooFewBlocks)?;
        self.begin(params, inputs, tag, memory, &shape)?;
        for pass in 0..shape.iterations {
            for slice in 0..SLICES {
                for lane in 0..shape.lanes {
                    self.fill(memory, &Segment { shape, pass, slice, lane });
                }
            }
        }
        self.end(memory, &shape, tag)
    }

    /// Fills the first two blocks of each lane from the inputs.
    fn begin(
        self,
        params: &Params,
        inputs: &Inputs<'_>,
        tag: &[u8],
        memory: &mut [Block],
        shape: &Shape,
    ) -> Result<(), Error> {
        let &Inputs { password, salt, secret, associated_data } = inputs;
        let mut h0 = Zeroizing::new([0; LONGEST]);
        blake2b(
            &[
                &params.parallelism.to_le_bytes(),
                &length(tag)?,
                &params.memory_kib.to_le_bytes(),
                &params.iterations.to_le_bytes(),
                &VERSION.to_le_bytes(),
                &TYPE.to_le_bytes(),
                &length(password)?,
                password,
                &length(salt)?,
                salt,
                &length(secret)?,
                secret,
                &length(associated_data)?,
                associated_data,
            ],
            &mut *h0,
        )?;
        let mut bytes = Zeroizing::new([0; WORDS * 8]);
        for (lane, blocks) in (0_u32..).zip(memory.chunks_exact_mut(shape.lane_length())) {
            for (number, block) in (0_u32..2).zip(blocks) {
                long(&[&*h0, &number.to_le_bytes(), &lane.to_le_bytes()], &mut *bytes)?;
                for (word, value) in bytes.as_chunks().0.iter().enumerate() {
                    block[self.place(word)] = u64::from_le_bytes(*value);
                }
            }
        }
        Ok(())
    }

    /// The tag: H' of the sum of all lanes' last blocks.
    fn end(self, memory: &[Block], shape: &Shape, tag: &mut [u8]) -> Result<(), Error> {
        let mut bytes = Zeroizing::new([0; WORDS * 8]);
        for (word, value) in bytes.as_chunks_mut().0.iter_mut().enumerate() {
            let lasts = memory.chunks_exact(shape.lane_length()).filter_map(|lane| lane.last());
            *value = lasts.fold(0, |sum, block| sum ^ block[self.place(word)]).to_le_bytes();
        }
        long(&[&*bytes], tag)
    }
}

impl Params {
    /// How many blocks of memory a hash takes: `memory_kib` rounded down to four segments a lane.
    ///
    /// # Errors
    /// When a parameter is out of bounds.
    pub fn blocks(&self) -> Result<usize, Error> {
        Ok(self.shape()?.blocks())
    }

    fn shape(&self) -> Result<Shape, Error> {
        let Self { memory_kib, iterations, parallelism } = *self;
        let in_bounds = (1..=MOST_LANES).contains(&parallelism)
            && memory_kib >= LEAST_BLOCKS * parallelism
            && iterations > 0;
        if !in_bounds {
            return Err(Error::Params);
        }
        let lanes = parallelism as usize;
        let segment_length = memory_kib as usize / (SLICES * lanes);
        Ok(Shape { lanes, segment_length, iterations: iterations as usize })
    }
}

/// A length as it is hashed.
pub(crate) fn length(bytes: &[u8]) -> Result<[u8; 4], Error> {
    u32::try_from(bytes.len()).map(u32::to_le_bytes).map_err(|_| Error::TooLong)
}

/// Why nothing was computed. None of these depends on what the inputs hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Memory, iterations or parallelism.
    #[error("a parameter of Argon2id is out of its bounds")]
    Params,
    /// Shorter than four bytes.
    #[error("a tag of Argon2id has at least {SHORTEST_TAG} bytes")]
    TagLength,
    /// An input, or the tag, has 4 GiB or more.
    #[error("an input of Argon2id is too long")]
    TooLong,
    /// The memory is smaller than the parameters say.
    #[error("Argon2id was given less memory than its parameters ask for")]
    TooFewBlocks,
}
