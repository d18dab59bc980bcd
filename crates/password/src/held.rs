//! Answers that are handed over together. Not whose they are, nor who hands them over.
//!
//! What follows an answer (a session is written and flushed, the client gets it and asks again) is little work that is
//! dear right behind a hash, which has gone through all of its memory and left nothing else in the processor's caches:
//! done for several logins in a row it costs less than half. So where more passwords wait, a finished one waits a little
//! for the next: nobody who is alone is held up, and nobody for long.

use std::time::{Duration, Instant};

use crate::job::Answer;

/// Handed over together at most, so that they do not crowd out everything else.
const MOST: usize = 8;
/// No answer is held for longer, as far as can be told ahead.
const LONGEST: Duration = Duration::from_millis(50);

/// Those that were computed and are not handed over yet.
#[derive(Default)]
pub(crate) struct Held {
    answers: Vec<Box<dyn Answer>>,
    /// When the first of them came.
    since: Option<Instant>,
}

impl Held {
    pub(crate) fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    pub(crate) fn add(&mut self, answer: Box<dyn Answer>, at: Instant) {
        self.answers.push(answer);
        self.since.get_or_insert(at);
    }

    /// Whether they may wait for the next one, which takes so long from now on: while fewer are held than passwords
    /// wait. So what an answer waits here is less than what it has waited in such a queue.
    pub(crate) fn may_wait(&self, waiting: usize, next: Duration, now: Instant) -> bool {
        let held = self.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        self.answers.len() < waiting.min(MOST) && held.saturating_add(next) <= LONGEST
    }

    /// All of them, to be given without a lock.
    pub(crate) fn take(&mut self) -> Vec<Box<dyn Answer>> {
        std::mem::take(self).answers
    }
}

/// Hands them to their callers.
pub(crate) fn give(answers: Vec<Box<dyn Answer>>) {
    answers.into_iter().for_each(Answer::give);
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nothing;

    impl Answer for Nothing {
        fn give(self: Box<Self>) {}
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn an_answer_waits_while_fewer_are_held_than_passwords_wait() {
        let (mut held, began) = (Held::default(), crate::shared::now());
        for count in 1..=10 {
            held.add(Box::new(Nothing), began);
            for waiting in 0..=12 {
                let waits = held.may_wait(waiting, ms(1), began);
                assert_eq!(waits, count < waiting && count < MOST, "{count} held, {waiting} waiting");
            }
        }
        assert_eq!(held.take().len(), 10);
        assert!(held.is_empty());
    }

    #[test]
    fn no_answer_waits_longer_than_a_twentieth_of_a_second() {
        let (mut held, began) = (Held::default(), crate::shared::now());
        held.add(Box::new(Nothing), began);
        held.add(Box::new(Nothing), began + ms(40));
        for (next, at, waits) in
            [(50, 0, true), (51, 0, false), (10, 40, true), (11, 40, false), (0, 51, false)]
        {
            assert_eq!(held.may_wait(9, ms(next), began + ms(at)), waits, "{next} ms from {at} ms on");
        }
        held.take();
        held.add(Box::new(Nothing), began + ms(60));
        assert!(held.may_wait(9, ms(10), began + ms(60)), "it counts from the first that is held");
    }
}
