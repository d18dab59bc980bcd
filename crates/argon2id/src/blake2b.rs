//! The hashes around the memory: BLAKE2b with an output of any length it has, and H' with one of any length at all
//! (RFC 9106, section 3.3).

use blake2::Blake2bVarCore;
use blake2::digest::block_api::{UpdateCore as _, VariableOutputCore as _};
use blake2::digest::block_buffer::LazyBuffer;
use zeroize::{Zeroize as _, Zeroizing};

use crate::hash::{Error, length};

/// The longest output of BLAKE2b, in bytes.
pub(crate) const LONGEST: usize = 64;

/// BLAKE2b of the inputs, one behind the other.
pub(crate) fn blake2b(inputs: &[&[u8]], out: &mut [u8]) -> Result<(), Error> {
    let mut core = Blake2bVarCore::new(out.len()).map_err(|_| Error::TagLength)?;
    let mut buffer = LazyBuffer::default();
    for input in inputs {
        buffer.digest_blocks(input, |blocks| core.update_blocks(blocks));
    }
    let mut whole = Default::default();
    core.finalize_variable_core(&mut buffer, &mut whole);
    for (out, byte) in out.iter_mut().zip(&whole) {
        *out = *byte;
    }
    whole.as_mut_slice().zeroize();
    Ok(())
}

/// H' of the inputs, one behind the other: 64 bytes of BLAKE2b, of which the first half is given out and all are hashed
/// on, until the rest fits.
pub(crate) fn long(inputs: &[&[u8]], out: &mut [u8]) -> Result<(), Error> {
    let asked = length(out)?;
    let inputs: Vec<&[u8]> = std::iter::once(&asked[..]).chain(inputs.iter().copied()).collect();
    if out.len() <= LONGEST {
        return blake2b(&inputs, out);
    }
    let mut link = Zeroizing::new([0; LONGEST]);
    blake2b(&inputs, &mut *link)?;
    let mut rest = out;
    loop {
        let (given, behind) = rest.split_at_mut(LONGEST / 2);
        given.copy_from_slice(link.split_at(LONGEST / 2).0);
        rest = behind;
        if rest.len() <= LONGEST {
            return blake2b(&[&*link], rest);
        }
        let last = link.clone();
        blake2b(&[&*last], &mut *link)?;
    }
}
