//! Random bytes that are the same in every run: SHA-256 over a seed and a counter.

use std::sync::Mutex;

use identity::ports::Entropy;
use sha2::{Digest as _, Sha256};

/// A generator with a seed.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    drawn: Mutex<u64>,
}

impl SeededEntropy {
    /// The sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: Mutex::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let mut drawn = self.drawn.lock().expect("no test panicked while drawing");
        for chunk in buffer.chunks_mut(32) {
            *drawn += 1;
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(drawn.to_be_bytes());
            for (byte, random) in chunk.iter_mut().zip(hash.finalize()) {
                *byte = random;
            }
        }
    }
}
