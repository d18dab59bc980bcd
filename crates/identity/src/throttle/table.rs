//! A table with an end: a flood of keys neither fills the memory nor drives out what is worth most.
//!
//! Keys fall into sets by a hash that nobody outside knows. A full set gives up its least worthy entry for a new one, so
//! whoever would drive out an offender must come from as many places as the set has room for, as a greater one each.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::op::Timestamp;

const SETS: usize = 1024;
/// Entries of one set: 65,536 in all.
const WAYS: usize = 64;

/// What a table keeps of a key.
pub(crate) trait Entry: Default {
    /// What it is worth to keep: the least goes first, and of equals the oldest. `None`: it must stay.
    fn worth(&self, now: Timestamp) -> Option<(u64, Timestamp)>;
}

/// Entries by their keys.
pub(crate) struct Table<K, V> {
    /// Made for the first key: most tables of most servers never have one.
    sets: OnceLock<Vec<Set<K, V>>>,
    /// The set of the keys for which there is no other.
    rest: Set<K, V>,
    hasher: RandomState,
}

type Set<K, V> = Mutex<Vec<(K, V)>>;

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { sets: OnceLock::new(), rest: Mutex::default(), hasher: RandomState::new() }
    }
}

impl<K: Hash + Eq, V: Entry> Table<K, V> {
    /// Acts on the entry of this key, on a new one where there is none. Where every other one must stay, the new one is
    /// not kept.
    pub(crate) fn with<R>(&self, key: K, now: Timestamp, act: impl FnOnce(&mut V) -> R) -> R {
        let sets = self.sets.get_or_init(|| (1..SETS).map(|_| Mutex::default()).collect());
        let mut set = self.set_of(sets, &key);
        if let Some((_, entry)) = set.iter_mut().find(|(known, _)| *known == key) {
            return act(entry);
        }
        let mut entry = V::default();
        let done = act(&mut entry);
        if set.len() < WAYS {
            set.push((key, entry));
        } else if let Some(least) = least(&mut set, now) {
            *least = (key, entry);
        }
        done
    }

    /// Acts on the entry of this key, if there is one.
    pub(crate) fn known<R>(&self, key: &K, act: impl FnOnce(&mut V) -> R) -> Option<R> {
        let mut set = self.set_of(self.sets.get()?, key);
        set.iter_mut().find(|(known, _)| known == key).map(|(_, entry)| act(entry))
    }

    fn set_of<'a>(&'a self, sets: &'a [Set<K, V>], key: &K) -> MutexGuard<'a, Vec<(K, V)>> {
        let number = self.hasher.hash_one(key) % SETS as u64;
        let set = usize::try_from(number).ok().and_then(|number| sets.get(number));
        set.unwrap_or(&self.rest).lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entry to go.
fn least<K, V: Entry>(set: &mut [(K, V)], now: Timestamp) -> Option<&mut (K, V)> {
    let worths = set.iter_mut().filter_map(|slot| Some((slot.1.worth(now)?, slot)));
    worths.min_by_key(|(worth, _)| *worth).map(|(_, slot)| slot)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1);

    #[derive(Default)]
    struct Worth(Option<u64>);

    impl Entry for Worth {
        fn worth(&self, _: Timestamp) -> Option<(u64, Timestamp)> {
            self.0.map(|worth| (worth, NOW))
        }
    }

    fn held(table: &Table<u32, Worth>) -> usize {
        table
            .sets
            .get()
            .into_iter()
            .flatten()
            .chain([&table.rest])
            .map(|set| set.lock().expect("not poisoned").len())
            .sum()
    }

    #[test]
    fn a_flood_of_keys_has_an_end_and_drives_out_no_greater_one() {
        let table = Table::<u32, Worth>::default();
        for key in 0..100 {
            table.with(key, NOW, |entry| entry.0 = Some(9));
        }
        for key in 100..400_000 {
            table.with(key, NOW, |entry| entry.0 = Some(1));
        }
        assert_eq!(held(&table), SETS * WAYS);
        for key in 0..100 {
            assert_eq!(table.known(&key, |entry| entry.0), Some(Some(9)), "{key}");
        }
    }

    #[test]
    fn what_must_stay_stays_and_a_new_one_finds_no_room() {
        let table = Table::<u32, Worth>::default();
        for key in 0..400_000 {
            assert_eq!(table.with(key, NOW, |entry| entry.0), None);
        }
        assert_eq!(held(&table), SETS * WAYS);
        let first = (0..400_000).filter(|key| table.known(key, |_| ()).is_some()).max().expect("some");
        assert!(first < 200_000, "the last ones found no room: {first}");
    }
}
