//! The unit of Argon2's memory. Not what is computed with it.

/// 1 KiB as 128 words of 64 bits (RFC 9106, section 3.2). Where in it a word stands is the backend's affair; the first
/// word stands first with all of them.
pub type Block = [u64; WORDS];

pub(crate) const WORDS: usize = 128;

/// Replaces vectors of an array by what a function makes of them. Spelled with constants and not with a loop, because
/// only then does the whole array stay in registers.
#[cfg(target_arch = "x86_64")]
macro_rules! replace {
    ($array:ident, $function:ident: $([$($index:literal),+])+) => {
        [$([$($array[$index]),+]),+] = $function([$([$($array[$index]),+]),+]);
    };
}
#[cfg(target_arch = "x86_64")]
pub(crate) use replace;
