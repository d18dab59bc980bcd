//! Secrets of the configuration: given in it, or in a file that it names. None is ever printed.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::check::{Judge, optional_path};

/// What stands in a secret's place wherever it would be shown.
pub(super) const MASK: &str = "***";

/// A secret that stood in the configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(Zeroizing<String>);

impl Hidden {
    /// Hides a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The secret itself, for whoever must present it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// In the configuration.
    Given(Hidden),
    /// In this file, which is not read yet.
    File(PathBuf),
}

impl SecretSource {
    /// The file, if it is in one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Given(_) => None,
            Self::File(file) => Some(file),
        }
    }

    /// What stands for the secret and for its file where the configuration is shown.
    pub(super) fn shown(source: Option<&Self>) -> (String, String) {
        match source {
            Some(Self::Given(hidden)) => (hidden.to_string(), String::new()),
            Some(Self::File(file)) => (String::new(), file.to_string_lossy().into_owned()),
            None => (String::new(), String::new()),
        }
    }
}

impl Judge<'_> {
    /// A secret that stands behind `key`, or in a file behind the same name with `_file`, or nowhere.
    pub(super) fn secret(&mut self, key: &str, given: &str, file: &str) -> Option<Option<SecretSource>> {
        match (given, optional_path(file)) {
            ("", None) => Some(None),
            ("", Some(file)) => Some(Some(SecretSource::File(file))),
            (MASK, None) => {
                let message =
                    "this is what `config show` prints in the secret's place: the secret itself is wanted";
                self.wrong(key, message.to_owned());
                None
            }
            (text, None) => Some(Some(SecretSource::Given(Hidden::new(text)))),
            (_, Some(_)) => {
                let message = format!("{key} is set too: one of the two is wanted");
                self.wrong(&format!("{key}_file"), message);
                None
            }
        }
    }
}
