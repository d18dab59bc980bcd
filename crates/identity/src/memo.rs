//! A bounded map of what was worked out before, in which what is used stays.
//!
//! Each shard has two halves. What is new, or was found in the old half, goes into the young one; when that is full it becomes
//! the old one, and what was in the old one until then is forgotten. Finding something young changes nothing, so many
//! threads do it at once.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// So that who puts something in seldom holds up who looks.
const SHARDS: usize = 16;

/// The map. Keys are digests, or numbers of ours: nobody chooses them so that they collide.
pub struct Memo<K, V> {
    shards: [RwLock<Shard<Placed<K>, V>>; SHARDS],
    /// How many a half holds.
    half: usize,
    /// Whether anything was ever put in. One that stays empty, as some do on some engines, is seen to be without a lock.
    is_used: AtomicBool,
}

struct Shard<K, V> {
    young: Half<K, V>,
    old: Half<K, V>,
}

type Half<K, V> = HashMap<K, V, BuildHasherDefault<Place>>;

/// A key that is told from others by its place already.
pub trait Key: Eq + Copy {
    /// A number that few keys share.
    fn place(&self) -> u64;
}

/// A key, hashed by its place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Placed<K>(K);

impl<K: Key> Hash for Placed<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.place());
    }
}

/// Spreads a place over all bits: the map looks at the highest ones, too.
#[derive(Default)]
struct Place(u64);

impl Place {
    /// Numbers in a row, or at equal distances, fall far from each other.
    const fn of(place: u64) -> u64 {
        // The end of MurmurHash3: each bit of it depends on every bit of the number.
        let spread = (place ^ (place >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let spread = (spread ^ (spread >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        spread ^ (spread >> 33)
    }
}

impl Hasher for Place {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0.rotate_left(8) ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, place: u64) {
        self.0 = Self::of(place);
    }
}

impl<K: Key, V> Memo<K, V> {
    /// For so many entries, more or less; at least half as many of those used last are kept.
    pub fn new(entries: usize) -> Self {
        let shards =
            std::array::from_fn(|_| RwLock::new(Shard { young: Half::default(), old: Half::default() }));
        Self { shards, half: (entries / (2 * SHARDS)).max(1), is_used: AtomicBool::new(false) }
    }

    #[expect(clippy::indexing_slicing, reason = "a remainder is below what it is of")]
    fn shard(&self, key: &K) -> &RwLock<Shard<Placed<K>, V>> {
        // Bits that the map of a shard does not look at: it takes the lowest and the highest ones.
        let spread = Place::of(key.place()) >> 32;
        &self.shards[usize::try_from(spread).unwrap_or_default() % SHARDS]
    }

    /// What `of` makes of what was put in under this key. What it makes nothing of is forgotten.
    pub fn find<T>(&self, key: &K, of: impl Fn(&V) -> Option<T>) -> Option<T> {
        if !self.is_used.load(Ordering::Relaxed) {
            return None;
        }
        let (shard, key) = (self.shard(key), Placed(*key));
        {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            match shard.young.get(&key) {
                Some(value) => {
                    if let Some(made) = of(value) {
                        return Some(made);
                    }
                }
                None if !shard.old.contains_key(&key) => return None,
                None => {}
            }
        }
        let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
        let found = shard.young.remove(&key).into_iter().chain(shard.old.remove(&key));
        let (value, made) = found.filter_map(|value| of(&value).map(|made| (value, made))).next()?;
        shard.put(key, value, self.half);
        Some(made)
    }

    /// Keeps a value for its key.
    pub fn put(&self, key: K, value: V) {
        // Read first: a flag that many look at is not written again and again.
        if !self.is_used.load(Ordering::Relaxed) {
            self.is_used.store(true, Ordering::Relaxed);
        }
        self.shard(&key).write().unwrap_or_else(PoisonError::into_inner).put(Placed(key), value, self.half);
    }
}

impl<K: Key, V> Shard<Placed<K>, V> {
    fn put(&mut self, key: Placed<K>, value: V, half: usize) {
        self.old.remove(&key);
        if self.young.len() >= half && !self.young.contains_key(&key) {
            // The table of the forgotten is filled next: none is allocated once both are as large as they get.
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Key for u64 {
        fn place(&self) -> u64 {
            *self
        }
    }

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let memo = Memo::new(2 * SHARDS * 10);
        memo.put(0, "used");
        for n in 1..10_000 {
            memo.put(n, "once");
            assert_eq!(memo.find(&0, |kept| Some(*kept)), Some("used"), "{n}");
        }
        let kept = (0..10_000).filter(|n| memo.find(n, |_| Some(())).is_some()).count();
        assert!((SHARDS * 10..=SHARDS * 20).contains(&kept), "{kept}");
    }

    #[test]
    fn what_does_not_please_is_forgotten_in_either_half() {
        let memo = Memo::new(2 * SHARDS * 4);
        for n in 0..60 {
            memo.put(n, n);
        }
        for n in 0..60 {
            assert_eq!(memo.find(&n, |value| (*value != n).then_some(())), None);
            assert_eq!(memo.find(&n, |_| Some(())), None, "{n} is gone");
        }
    }

    #[test]
    fn numbers_at_equal_distances_share_no_shard_more_than_others() {
        for distance in [1, 2, 16, 100, 256, 4096, 1 << 20, 1 << 50] {
            let memo = Memo::new(2 * SHARDS * 100);
            let keys: Vec<u64> = (0..1000).map(|n| n * distance).collect();
            keys.iter().for_each(|key| memo.put(*key, ()));
            let kept = keys.iter().filter(|key| memo.find(key, |()| Some(())).is_some()).count();
            assert!(kept > 950, "{kept} of 1000 at a distance of {distance}: there is room for 1600");
        }
    }

    #[test]
    fn the_last_value_of_a_key_is_the_one() {
        let memo = Memo::new(2 * SHARDS * 4);
        for n in 0..60 {
            memo.put(n, n);
        }
        memo.put(0, 100);
        assert_eq!(memo.find(&0, |value| Some(*value)), Some(100), "the old one is not found again");
    }
}
