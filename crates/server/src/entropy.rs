//! The system's random numbers, for the core.

use std::cell::RefCell;

use identity::ports::Entropy;

/// The operating system's generator, by way of aws-lc-rs.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

/// Numbers of requests and rows are drawn many at once: a draw costs the same for one as for dozens. What is longer may be a
/// secret, and is drawn when it is needed and kept nowhere.
const LONGEST_NUMBER: usize = 12;
/// Bytes drawn at once.
const DRAWN: usize = 1024;

struct Numbers {
    drawn: [u8; DRAWN],
    used: usize,
}

thread_local! {
    static NUMBERS: RefCell<Numbers> = const { RefCell::new(Numbers { drawn: [0; DRAWN], used: DRAWN }) };
}

impl Numbers {
    /// The next bytes. Each is given out once.
    fn take(&mut self, buffer: &mut [u8]) {
        if self.used + buffer.len() > DRAWN {
            draw(&mut self.drawn);
            self.used = 0;
        }
        if let Some(next) = self.drawn.get_mut(self.used..self.used + buffer.len()) {
            buffer.copy_from_slice(next);
            next.fill(0);
        }
        self.used += buffer.len();
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        if buffer.len() > LONGEST_NUMBER {
            return draw(buffer);
        }
        NUMBERS.with_borrow_mut(|numbers| numbers.take(buffer));
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the source the others are handed")]
fn draw(buffer: &mut [u8]) {
    // A machine without random numbers must not hand out credentials: there is no answer to give but to end.
    #[expect(clippy::expect_used, reason = "guessable secrets would be worse than none")]
    aws_lc_rs::rand::fill(buffer).expect("the system gives random numbers");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_number_is_given_out_twice() {
        let mut seen = HashSet::new();
        for length in [10, 12, 7, 16, 32].repeat(200) {
            let mut number = vec![0; length];
            SystemEntropy.fill(&mut number);
            assert!(number.iter().any(|byte| *byte != 0), "nobody was asked");
            // The beginnings tell, too: what was used must not be drawn from again.
            assert!(seen.insert(number[..7].to_vec()));
        }
    }

    #[test]
    fn what_was_given_out_is_kept_nowhere() {
        let mut numbers = Numbers { drawn: [0; DRAWN], used: DRAWN };
        for _ in 0..50 {
            numbers.take(&mut [0; 10]);
            assert!(numbers.drawn[..numbers.used].iter().all(|byte| *byte == 0));
        }
    }
}
