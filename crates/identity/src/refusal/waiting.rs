//! Refusals that are not written yet.
//!
//! A request never waits for one, and a flood is sampled before it costs a write: in each round (until the next
//! [`Waiting::take`]) a rule has so many places, and one network so many of them. So no rule takes another's places, and no
//! network all of a rule's.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Refused;
use crate::op::Network;
use crate::rule::Rule;

/// So many of one rule are kept a round.
const OF_RULE: usize = 16;
/// So many of them of one network.
const OF_NETWORK: usize = 4;

#[derive(Default)]
struct Round {
    kept: Vec<(Rule, Refused)>,
    of_rule: HashMap<Rule, Vec<Option<Network>>>,
    left_out: HashMap<Rule, u64>,
}

/// What a round came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// To be written.
    pub(crate) kept: Vec<(Rule, Refused)>,
    /// How many of each rule were left out.
    pub(crate) left_out: Vec<(Rule, u64)>,
}

/// The refusals of this round.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Round>);

impl Waiting {
    /// Keeps it if it has room, else counts it.
    pub(crate) fn note(&self, rule: Rule, network: Option<Network>, make: impl FnOnce() -> Refused) {
        let mut round = self.round();
        let networks = round.of_rule.entry(rule).or_default();
        let share = networks.iter().filter(|other| **other == network).count();
        if networks.len() >= OF_RULE || share >= OF_NETWORK {
            count(&mut round, rule, 1);
            return;
        }
        networks.push(network);
        round.kept.push((rule, make()));
    }

    /// Takes all of them out, and how many were left out; another round begins.
    pub(crate) fn take(&self) -> Taken {
        let Round { kept, left_out, .. } = std::mem::take(&mut *self.round());
        let mut left_out: Vec<_> = left_out.into_iter().collect();
        left_out.sort_by_key(|(rule, _)| rule.name());
        Taken { kept, left_out }
    }

    /// They could not be written: what would have been kept is left out as well.
    pub(crate) fn put_back(&self, taken: &Taken) {
        let mut round = self.round();
        taken.kept.iter().for_each(|(rule, _)| count(&mut round, *rule, 1));
        taken.left_out.iter().for_each(|(rule, more)| count(&mut round, *rule, *more));
    }

    fn round(&self) -> MutexGuard<'_, Round> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(round: &mut Round, rule: Rule, more: u64) {
    let count = round.left_out.entry(rule).or_default();
    *count = count.saturating_add(more);
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::op::{RequestId, Timestamp};
    use crate::refusal::RefusalId;

    fn refused(number: u128) -> Refused {
        let request = RequestId(Uuid::from_u128(number));
        Refused {
            id: RefusalId::of(request),
            at: Timestamp::from_millis(0),
            request,
            door: None,
            method: String::new(),
            route: String::new(),
            status: 401,
            outcome: String::new(),
            rule: String::new(),
            seen: String::new(),
            wanted: String::new(),
            observed: String::new(),
            address: String::new(),
            network: [0; 9],
        }
    }

    #[test]
    fn a_flood_takes_its_networks_share_and_its_rules_and_no_more() {
        let waiting = Waiting::default();
        for number in 0..100_000 {
            waiting.note(Rule::Password, Some(Network::V4(1)), || refused(number));
        }
        waiting.note(Rule::Password, Some(Network::V4(2)), || refused(1));
        for network in 3..1000 {
            waiting.note(Rule::Password, Some(Network::V4(network)), || refused(2));
        }
        waiting.note(Rule::CrossSite, Some(Network::V4(1)), || refused(3));
        let Taken { kept, left_out } = waiting.take();
        assert_eq!(kept.len(), OF_RULE + 1);
        assert_eq!((kept[4].0, kept[4].1.id), (Rule::Password, refused(1).id));
        assert_eq!(kept[OF_RULE].0, Rule::CrossSite);
        let expected = 100_000 + 1 + 997 - u64::try_from(OF_RULE).expect("small");
        assert_eq!(left_out, [(Rule::Password, expected)]);
        assert_eq!(waiting.take(), Taken::default());
    }

    #[test]
    fn what_could_not_be_written_is_counted() {
        let waiting = Waiting::default();
        waiting.note(Rule::Password, None, || refused(1));
        waiting.note(Rule::CrossSite, None, || refused(2));
        waiting.put_back(&waiting.take());
        waiting.put_back(&Taken { kept: vec![], left_out: vec![(Rule::CrossSite, 8)] });
        let left_out = vec![(Rule::CrossSite, 9), (Rule::Password, 1)];
        assert_eq!(waiting.take(), Taken { kept: vec![], left_out });
    }
}
