//! The crate from outside, on every backend that the machine has.
#![cfg(test)]

mod bounds;
mod differential;
mod rfc_9106;

use argon2id::{Backend, Block, Error, Inputs, Params};

/// All that this machine has. Whether none is missing is told by another witness than the one the crate asks, so that a
/// path that is never taken fails instead of passing unseen.
fn backends() -> Vec<Backend> {
    let found: Vec<Backend> =
        [Backend::avx512(), Backend::avx2(), Some(Backend::portable())].into_iter().flatten().collect();
    // Miri has the instructions that it is told of, whatever the processor has.
    if cfg!(all(target_os = "linux", target_arch = "x86_64", not(miri))) {
        let told = std::fs::read_to_string("/proc/cpuinfo").unwrap();
        let flags: Vec<&str> =
            told.lines().find(|line| line.starts_with("flags")).unwrap().split(' ').collect();
        let expected =
            [("avx512f", "avx512"), ("avx2", "avx2")].into_iter().filter(|(flag, _)| flags.contains(flag));
        let expected: Vec<&str> = expected.map(|(_, name)| name).chain(["portable"]).collect();
        let found: Vec<&str> = found.iter().map(|backend| backend.name()).collect();
        assert_eq!(found, expected, "the processor has other instructions than the crate has found");
    }
    found
}

/// The tag in memory that is just large enough, and not fresh.
fn tag(backend: Backend, params: &Params, inputs: &Inputs<'_>, length: usize) -> Result<Vec<u8>, Error> {
    let mut memory: Vec<Block> = vec![[0x5a5a_5a5a_5a5a_5a5a; 128]; params.blocks()?];
    let mut tag = vec![0; length];
    backend.hash(params, inputs, &mut memory, &mut tag)?;
    Ok(tag)
}
