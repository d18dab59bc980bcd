//! `fuzz`'s target of this name, driven by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::run("authorization", data));
