//! The first words of a file that other programs write through a mapping of theirs, as they stand at this moment: read without a
//! call to the system, which costs more than all else that a session check does.
//!
//! It knows nothing of what the words mean. That the file keeps its length is the caller's to know: [`Words::of`] says why.

use std::fs::File;
use std::io;
use std::sync::atomic::{Ordering, fence};

use memmap2::{Mmap, MmapOptions};

/// The first `N` words of a file, mapped.
#[derive(Debug)]
pub struct Words<const N: usize> {
    map: Mmap,
}

impl<const N: usize> Words<N> {
    /// Maps the beginning of this file. It stays mapped when the file is closed or removed.
    ///
    /// While this lives nobody may make the file shorter: reading beyond its end ends the process, as it does for everybody else
    /// who has it mapped.
    ///
    /// # Errors
    /// The file is shorter than the words, or cannot be mapped.
    #[expect(
        unsafe_code,
        reason = "what a mapping shows may change under it, so the compiler cannot vouch for it"
    )]
    pub fn of(file: &File) -> io::Result<Self> {
        let length = N * size_of::<u32>();
        if file.metadata()?.len() < u64::try_from(length).unwrap_or(u64::MAX) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // SAFETY: `Mmap` must not be used as a plain slice while others write the file, and it is not: it is private to this
        // module, and `read` is the only place that looks at it, word by word and volatile. It is as long as `length`, which
        // the file is; that nobody cuts it is the caller's promise, and breaking it is a signal, not a stray access.
        let map = unsafe { MmapOptions::new().len(length).map(file)? };
        Ok(Self { map })
    }

    /// The words, each as it stands when it is read, from the first to the last. In between others may write.
    #[expect(unsafe_code, reason = "another process writes what is read here")]
    pub fn read(&self) -> [u32; N] {
        let first = self.map.as_ptr().cast::<u32>();
        let words = std::array::from_fn(|index| {
            // SAFETY: `index` is below `N` and the mapping is at least `N` words long, so the word lies in it; mappings begin
            // at a page, so it is aligned; any bits are a `u32`. Others may write it at any time, from outside of this
            // program, which is what volatile reads are for.
            unsafe { first.add(index).read_volatile() }
        });
        // What the reader does next, it does after it has read.
        fence(Ordering::Acquire);
        words
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt as _;

    use super::*;

    #[test]
    fn what_another_handle_writes_is_seen_at_once() {
        let file = tempfile::tempfile().unwrap();
        file.write_all_at(&[0; 4096], 0).unwrap();
        let words = Words::<24>::of(&file).unwrap();
        assert_eq!(words.read(), [0; 24]);
        for n in 1..100_u32 {
            file.write_all_at(&n.to_ne_bytes(), 0).unwrap();
            file.write_all_at(&(n + 1).to_ne_bytes(), 92).unwrap();
            let read = words.read();
            assert_eq!((read[0], read[22], read[23]), (n, 0, n + 1));
        }
    }

    #[test]
    fn a_file_that_is_too_short_is_refused_and_a_removed_one_stays_readable() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().write_all_at(&[1; 95], 0).unwrap();
        assert_eq!(Words::<24>::of(file.as_file()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        file.as_file().write_all_at(&[1], 95).unwrap();
        let words = Words::<24>::of(file.as_file()).unwrap();
        file.close().unwrap();
        assert_eq!(words.read(), [0x0101_0101; 24]);
    }
}
