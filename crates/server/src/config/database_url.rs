//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};

use store::PostgresUrl;

/// A database's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`: a file, made when it is missing. A relative path starts at the working directory.
    Sqlite(PathBuf),
    /// `postgres://USER@HOST/DATABASE`: a database on a server, which must exist.
    Postgres(PostgresUrl),
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH` or `postgres://USER@HOST/DATABASE`.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong. It does not repeat the text: that may hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        if PostgresUrl::is_meant_by(text) {
            return PostgresUrl::parse(text).map(Self::Postgres);
        }
        let path = text.strip_prefix("sqlite:").unwrap_or_default();
        if path.is_empty() {
            return Err("sqlite: and the path of a file is wanted, such as \"sqlite:vestibule.db\", or \
                 postgres://user@host/database"
                .to_owned());
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

/// A password in it is not shown.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => url.fmt(f),
        }
    }
}
