//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};

/// A database's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`: a file, made when it is missing. A relative path starts at the working directory.
    Sqlite(PathBuf),
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH`.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong. It does not repeat the text: that may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("postgres:") || text.starts_with("postgresql:") {
            return Err("this version of Vestibule speaks SQLite only: write sqlite: and the path of a file"
                .to_owned());
        }
        let path = text.strip_prefix("sqlite:").unwrap_or_default();
        if path.is_empty() {
            return Err(
                "sqlite: and the path of a file is wanted, such as \"sqlite:vestibule.db\"".to_owned()
            );
        }
        // `sqlite://name` would be read as the file `/name` by one reader and as `name` by the next.
        if path.starts_with("//") {
            return Err(
                "the path follows sqlite: directly, such as \"sqlite:/var/lib/vestibule.db\"".to_owned()
            );
        }
        // SQLite's own names for databases that are no plain file; several connections could not share them.
        if path.starts_with(':') || path.starts_with("file:") {
            return Err("a plain file is wanted behind sqlite:, no database in memory".to_owned());
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }

    /// The database that is used when none is named.
    #[must_use]
    pub fn within(data_dir: &Path) -> Self {
        Self::Sqlite(data_dir.join("vestibule.db"))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Sqlite(path) = self;
        write!(f, "sqlite:{}", path.display())
    }
}
