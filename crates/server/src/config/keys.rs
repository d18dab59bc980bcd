//! The table of configuration keys: name, kind, default and meaning. Its rows stand in a file a section below `keys/`.
//!
//! The environment's names, the suggestions for a mistyped key, the defaults themselves, `config show` and
//! `docs/configuration.md` are read from it, so none of them can lag behind. It does not say which values are
//! sensible: that is `check.rs` and the file of the section.
//!
//! An array of tables ([`Array`]) stands in the paths of its keys with a `*` in place of the entry's number:
//! `providers.*.id`. A concrete path has the number, counted from 0: `providers.0.id`.

mod bixarena;
mod installation;
mod knox;
mod native;
mod probe;
mod providers;
mod syntho;
mod trieve;

/// One configuration key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The path from the top of the file, levels joined by dots: `dialects.knox.wire`, `providers.*.id`.
    pub path: &'static str,
    /// What is written behind it.
    pub kind: Kind,
    /// What holds when nobody sets it.
    pub preset: Preset,
    /// One sentence on its meaning, with the unit of a number.
    pub doc: &'static str,
}

/// An array of tables: any number of entries with the same keys. None stands within another.
#[derive(Debug, Clone, Copy)]
pub struct Array {
    /// Its path: `providers`.
    pub path: &'static str,
    /// What an entry is, in a sentence or two.
    pub doc: &'static str,
    /// Entries as they would be typed in the file.
    pub example: &'static str,
}

/// The shape of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A string; the text says of what, in words for people ("a URL").
    Text(&'static str),
    /// A string out of a fixed set.
    Choice(&'static [&'static str]),
    /// A string such as `90s`.
    Duration,
    /// A string such as `90s`, or empty.
    OptionalDuration,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
    /// An array of strings; the text says of what ("CIDRs").
    List(&'static str),
}

/// A default.
#[derive(Debug, Clone, Copy)]
pub enum Preset {
    /// As it would be typed in the file.
    Toml(&'static str),
    /// Made of other keys, in words for people.
    Follows(&'static str),
    /// None: who makes an entry sets the key. An empty string stands in its place, which is refused like one that was
    /// typed.
    Required,
}

/// The arrays of tables.
pub const ARRAYS: &[Array] = &[providers::ARRAY, bixarena::SERVICE_CLIENTS];

const SECTIONS: &[&[Key]] = &[
    installation::KEYS,
    providers::KEYS,
    knox::KEYS,
    syntho::KEYS,
    probe::KEYS,
    bixarena::KEYS,
    trieve::KEYS,
    native::KEYS,
];

/// Every key there is, in the order in which people read them; the keys of a section stand together.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    SECTIONS.iter().copied().flatten()
}

impl Key {
    /// The key that this concrete path leads to.
    #[must_use]
    pub fn find(path: &str) -> Option<&'static Self> {
        let pattern = pattern(path);
        keys().find(|key| key.path == pattern)
    }

    /// The key that this environment variable sets, and its concrete path.
    #[must_use]
    pub fn of_variable(name: &str) -> Option<(&'static Self, String)> {
        let path = name.strip_prefix(VARIABLE_PREFIX)?.replace("__", ".").to_lowercase();
        let key = Self::find(&path)?;
        (variable(&path) == name).then_some((key, path))
    }

    /// The section the key stands in: `dialects.knox` for `dialects.knox.wire`, empty at the top of the file,
    /// `providers.*` for `providers.*.id`.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// The array of tables the key stands in, by its path; `None`: it can be set once.
    #[must_use]
    pub fn array(&self) -> Option<&'static str> {
        self.section().strip_suffix(".*")
    }

    /// The key's own name within its section.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.rsplit_once('.').map_or(self.path, |(_, name)| name)
    }

    /// The concrete path: the key's own, or within an array of tables that of the entry with this number.
    #[must_use]
    pub fn path_at(&self, index: usize) -> String {
        self.path.replace('*', &index.to_string())
    }

    /// The environment variable that sets the key: `VESTIBULE_DIALECTS__KNOX__WIRE`; within an array of tables that of
    /// the first entry: `VESTIBULE_PROVIDERS__0__ID`.
    #[must_use]
    pub fn variable(&self) -> String {
        variable(&self.path_at(0))
    }
}

impl Array {
    /// The array with this path.
    #[must_use]
    pub fn find(path: &str) -> Option<&'static Self> {
        ARRAYS.iter().find(|array| array.path == path)
    }

    /// The array that this environment variable is called like, though none sets one as a whole.
    #[must_use]
    pub fn of_variable(name: &str) -> Option<&'static Self> {
        ARRAYS.iter().find(|array| variable(array.path) == name)
    }

    /// The keys of an entry.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> {
        let path = self.path;
        keys().filter(move |key| key.array() == Some(path))
    }
}

impl Kind {
    /// What is wanted, in words: `a whole number`.
    #[must_use]
    pub fn wanted(self) -> String {
        match self {
            Self::Text(what) => what.to_owned(),
            Self::Choice(names) => {
                format!("one of {}", names.iter().map(|n| format!("{n:?}")).collect::<Vec<_>>().join(", "))
            }
            Self::Duration => "a duration such as \"90s\", \"30m\", \"24h\" or \"14d\"".to_owned(),
            Self::OptionalDuration => {
                "a duration such as \"90s\", \"30m\", \"24h\" or \"14d\", or \"\"".to_owned()
            }
            Self::Number => "a whole number".to_owned(),
            Self::Switch => "true or false".to_owned(),
            Self::List(what) => format!("a list of {what}"),
        }
    }
}

/// What every environment variable of ours begins with.
pub(super) const VARIABLE_PREFIX: &str = "VESTIBULE_";

/// The environment variable that sets the key with this concrete path.
pub(super) fn variable(path: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", path.replace('.', "__").to_uppercase())
}

/// A path with `*` in place of each number. A `*` that was typed is nothing's path.
pub(super) fn pattern(path: &str) -> String {
    let part = |part| if index(part).is_some() { "*" } else { part };
    if path.contains('*') { String::new() } else { path.split('.').map(part).collect::<Vec<_>>().join(".") }
}

/// The array of tables and the number of the entry that a concrete path lies in.
pub(super) fn entry(path: &str) -> Option<(&'static Array, usize)> {
    let (section, _) = path.rsplit_once('.')?;
    let (array, number) = section.rsplit_once('.')?;
    Some((Array::find(array)?, index(number)?))
}

/// The number of an entry, in the one way to write it.
pub(super) fn index(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number: &usize| number.to_string() == text)
}

/// The line that opens a section in the file: `[dialects.knox]`, `[[providers]]`.
pub(super) fn heading(section: &str) -> String {
    match section.strip_suffix(".*") {
        Some(array) => format!("[[{array}]]"),
        None => format!("[{section}]"),
    }
}

/// The path of every section that is there once, outer ones included, some of them several times.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    let outer = |key: &'static Key| key.path.match_indices('.').filter_map(|(at, _)| key.path.get(..at));
    keys().flat_map(outer).filter(|path| !path.contains('*') && Array::find(path).is_none())
}

const fn key(path: &'static str, kind: Kind, preset: &'static str, doc: &'static str) -> Key {
    Key { path, kind, preset: Preset::Toml(preset), doc }
}

const fn follows(path: &'static str, kind: Kind, preset: &'static str, doc: &'static str) -> Key {
    Key { path, kind, preset: Preset::Follows(preset), doc }
}

const fn required(path: &'static str, what: &'static str, doc: &'static str) -> Key {
    Key { path, kind: Kind::Text(what), preset: Preset::Required, doc }
}
