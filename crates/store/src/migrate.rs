//! The schema's history: numbered SQL texts, forward only, each applied once and remembered with its checksum.
//!
//! A database that knows a later migration than this program, or an altered one, is left alone.

use sha2::{Digest as _, Sha256};

/// One step of the schema's history.
pub(crate) struct Migration {
    /// Counted from 1 without gaps.
    pub(crate) number: i64,
    /// What it is called.
    pub(crate) name: &'static str,
    /// Its statements.
    pub(crate) sql: &'static str,
}

impl Migration {
    /// SHA-256 of the text.
    pub(crate) fn checksum(&self) -> Vec<u8> {
        Sha256::digest(self.sql.as_bytes()).to_vec()
    }
}

/// The history on SQLite.
pub(crate) const SQLITE: &[Migration] = &[
    Migration {
        number: 1,
        name: "foundation",
        sql: include_str!("../migrations/sqlite/0001_foundation.sql"),
    },
    Migration {
        number: 2,
        name: "tokens_and_mail",
        sql: include_str!("../migrations/sqlite/0002_tokens_and_mail.sql"),
    },
    Migration {
        number: 3,
        name: "federation",
        sql: include_str!("../migrations/sqlite/0003_federation.sql"),
    },
    Migration {
        number: 4,
        name: "organizations",
        sql: include_str!("../migrations/sqlite/0004_organizations.sql"),
    },
    Migration { number: 5, name: "joining", sql: include_str!("../migrations/sqlite/0005_joining.sql") },
    Migration { number: 6, name: "native", sql: include_str!("../migrations/sqlite/0006_native.sql") },
    Migration { number: 7, name: "hand_over", sql: include_str!("../migrations/sqlite/0007_hand_over.sql") },
    Migration {
        number: 8,
        name: "invitation_page",
        sql: include_str!("../migrations/sqlite/0008_invitation_page.sql"),
    },
    Migration { number: 9, name: "places", sql: include_str!("../migrations/sqlite/0009_places.sql") },
    Migration { number: 10, name: "audit", sql: include_str!("../migrations/sqlite/0010_audit.sql") },
    Migration { number: 11, name: "refusals", sql: include_str!("../migrations/sqlite/0011_refusals.sql") },
    Migration { number: 12, name: "changed", sql: include_str!("../migrations/sqlite/0012_changed.sql") },
];

/// The history on PostgreSQL: the same numbers and names.
pub(crate) const POSTGRES: &[Migration] = &[
    Migration {
        number: 1,
        name: "foundation",
        sql: include_str!("../migrations/postgres/0001_foundation.sql"),
    },
    Migration {
        number: 2,
        name: "tokens_and_mail",
        sql: include_str!("../migrations/postgres/0002_tokens_and_mail.sql"),
    },
    Migration {
        number: 3,
        name: "federation",
        sql: include_str!("../migrations/postgres/0003_federation.sql"),
    },
    Migration {
        number: 4,
        name: "organizations",
        sql: include_str!("../migrations/postgres/0004_organizations.sql"),
    },
    Migration { number: 5, name: "joining", sql: include_str!("../migrations/postgres/0005_joining.sql") },
    Migration { number: 6, name: "native", sql: include_str!("../migrations/postgres/0006_native.sql") },
    Migration {
        number: 7,
        name: "hand_over",
        sql: include_str!("../migrations/postgres/0007_hand_over.sql"),
    },
    Migration {
        number: 8,
        name: "invitation_page",
        sql: include_str!("../migrations/postgres/0008_invitation_page.sql"),
    },
    Migration { number: 9, name: "places", sql: include_str!("../migrations/postgres/0009_places.sql") },
    Migration { number: 10, name: "audit", sql: include_str!("../migrations/postgres/0010_audit.sql") },
    Migration { number: 11, name: "refusals", sql: include_str!("../migrations/postgres/0011_refusals.sql") },
    Migration { number: 12, name: "changed", sql: include_str!("../migrations/postgres/0012_changed.sql") },
];

/// Where the history is remembered on PostgreSQL.
pub(crate) const POSTGRES_TABLE: &str = "CREATE TABLE schema_migrations (
    number   BIGINT NOT NULL,
    name     TEXT   NOT NULL,
    checksum BYTEA  NOT NULL,
    CONSTRAINT schema_migrations_number PRIMARY KEY (number)
)";

/// Where the history is remembered on SQLite.
pub(crate) const SQLITE_TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    number   INTEGER NOT NULL PRIMARY KEY,
    name     TEXT    NOT NULL,
    checksum BLOB    NOT NULL
) STRICT";

/// Why a database cannot be brought to this program's schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// A later program was here.
    #[error("the database has schema {found}, this program knows up to {known}: use the newer program")]
    Newer {
        /// The database's.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// There are tables, and no history of ours.
    #[error(
        "the database holds the tables of another program: name one of its own for vestibule in database.url"
    )]
    Foreign,
    /// The text of an applied migration is not the one we have.
    #[error(
        "migration {number} of the database is not the one this program knows: use the program that made it"
    )]
    Altered {
        /// Which.
        number: i64,
    },
}

/// What is still to be applied, given what the database remembers: numbers and checksums in order of number.
pub(crate) fn pending<'a>(
    history: &'a [Migration],
    applied: &[(i64, Vec<u8>)],
) -> Result<&'a [Migration], SchemaError> {
    let known = history.last().map_or(0, |migration| migration.number);
    if let Some((found, _)) = applied.last().filter(|(number, _)| *number > known) {
        return Err(SchemaError::Newer { found: *found, known });
    }
    for (index, (number, checksum)) in applied.iter().enumerate() {
        match history.get(index) {
            Some(migration) if migration.number == *number && migration.checksum() == *checksum => {}
            _ => return Err(SchemaError::Altered { number: *number }),
        }
    }
    Ok(history.get(applied.len()..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HISTORY: &[Migration] = &[
        Migration { number: 1, name: "one", sql: "SELECT 1" },
        Migration { number: 2, name: "two", sql: "SELECT 2" },
    ];

    fn applied(numbers: &[usize]) -> Vec<(i64, Vec<u8>)> {
        numbers.iter().map(|n| (HISTORY[*n].number, HISTORY[*n].checksum())).collect()
    }

    #[test]
    fn what_was_applied_is_not_applied_again() {
        let rest = |of: &[usize]| pending(HISTORY, &applied(of)).expect("fits").len();
        assert_eq!((rest(&[]), rest(&[0]), rest(&[0, 1])), (2, 1, 0));
    }

    #[test]
    fn a_newer_or_altered_schema_is_left_alone() {
        let newer = [(1, HISTORY[0].checksum()), (2, HISTORY[1].checksum()), (3, vec![])];
        assert_eq!(pending(HISTORY, &newer).err(), Some(SchemaError::Newer { found: 3, known: 2 }));
        assert_eq!(pending(HISTORY, &[(1, vec![0])]).err(), Some(SchemaError::Altered { number: 1 }));
        assert_eq!(pending(HISTORY, &applied(&[1])).err(), Some(SchemaError::Altered { number: 2 }));
    }

    #[test]
    fn the_history_has_no_gaps_and_is_one_on_every_engine() {
        for (index, migration) in SQLITE.iter().enumerate() {
            assert_eq!(migration.number, i64::try_from(index).expect("small") + 1, "{}", migration.name);
        }
        let told = |history: &[Migration]| history.iter().map(|m| (m.number, m.name)).collect::<Vec<_>>();
        assert_eq!(told(SQLITE), told(POSTGRES));
    }
}
