//! What a key that people make for themselves may look like, wherever they ask for it: by this API or on a page. Not the
//! making, which is the core's.

use std::time::Duration;

use identity::api_key::keys::{KeySurface, MakeApiKey};

use super::{HouseDoor, Native};

/// The longest name of a key, in code points.
pub const LONGEST_NAME: usize = 100;
/// The longest life of a key that ends by itself: ten years.
pub const MOST_DAYS: u32 = 3650;
const DAY: Duration = Duration::from_hours(24);

/// What is wrong with the wish for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewKeyFault {
    /// The name is empty, longer than [`LONGEST_NAME`], or has more than one line.
    Name,
    /// It would not live for 1 to [`MOST_DAYS`] days.
    Life,
    /// There are no keys by that door.
    Door,
}

impl Native {
    /// Which key is to be made, and by which door's measure; `door` is this one where none is named, and a key without
    /// `days` never ends by itself.
    ///
    /// # Errors
    /// [`NewKeyFault`].
    pub fn new_key(
        &self,
        name: &str,
        door: Option<&str>,
        days: Option<u32>,
    ) -> Result<(&KeySurface, MakeApiKey), NewKeyFault> {
        let name = name.trim();
        let length = name.chars().count();
        if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
            return Err(NewKeyFault::Name);
        }
        let life = match days {
            None => None,
            Some(days @ 1..=MOST_DAYS) => Some(DAY.saturating_mul(days)),
            Some(_) => return Err(NewKeyFault::Life),
        };
        let named = door.unwrap_or(super::DIALECT.name);
        let surface = self.doors_with_keys().find(|(door, _)| door.name == named).map(|(_, keys)| keys);
        let surface = surface.ok_or(NewKeyFault::Door)?;
        Ok((surface, MakeApiKey { name: name.to_owned(), life, ..MakeApiKey::default() }))
    }

    /// The doors where keys can be made, with what theirs look like.
    pub fn doors_with_keys(&self) -> impl Iterator<Item = (&HouseDoor, &KeySurface)> {
        self.doors.iter().filter_map(|door| Some((door, door.keys.as_ref()?)))
    }
}
