//! The system's random numbers, for the core.

use identity::ports::Entropy;

/// The operating system's generator, by way of aws-lc-rs.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the source the others are handed")]
    fn fill(&self, buffer: &mut [u8]) {
        // A machine without random numbers must not hand out credentials: there is no answer to give but to end.
        #[expect(clippy::expect_used, reason = "guessable secrets would be worse than none")]
        aws_lc_rs::rand::fill(buffer).expect("the system gives random numbers");
    }
}
