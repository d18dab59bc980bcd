//! The database: reachable, of our schema, and with the settings in force on which "committed" means something.

use store::{Condition, Engine, OpenError, PostgresCondition, SchemaState, SqliteCondition, Store};

use super::disk;
use super::finding::{Finding, Rule};
use crate::config::{Config, DatabaseUrl};

pub(super) static RULES: &[&Rule] = &[
    &UNREACHABLE,
    &ABSENT,
    &SCHEMA,
    &SCHEMA_OLD,
    &NOT_WRITABLE,
    &JOURNAL,
    &SYNCHRONOUS,
    &FSYNC,
    &FULL_PAGE_WRITES,
    &SYNCHRONOUS_COMMIT,
    &ISOLATION,
    &UNENCRYPTED,
    &UNVERIFIED,
    &CONNECTIONS,
];

static UNREACHABLE: Rule = Rule::fault(
    "database_unreachable",
    "database.url",
    "the database cannot be opened",
    "Start it, or correct database.url, by what is told about it",
);
static ABSENT: Rule = Rule::warning(
    "database_absent",
    "database.url",
    "there is no database yet",
    "Start the server, which makes it; if there was one, correct database.url or data_dir",
);
static SCHEMA: Rule = Rule::fault(
    "database_schema",
    "database.url",
    "the database's tables are not ones that this program uses",
    "Use the program that made them, or name another database",
);
static SCHEMA_OLD: Rule = Rule::warning(
    "database_schema_old",
    "database.url",
    "the database has an earlier program's schema",
    "Make a backup, then restart the server or run vestibule migrate",
);
static NOT_WRITABLE: Rule = Rule::fault(
    "database_not_writable",
    "database.url",
    "the database can be read and not be written",
    "Make the file writable for the user that runs vestibule, or end the program that keeps it locked",
);
static JOURNAL: Rule = Rule::fault(
    "database_journal",
    "database.url",
    "SQLite's file has no write-ahead log, because another program switched it off",
    "Restart the server, which switches it on; keep other programs from the file",
);
static SYNCHRONOUS: Rule = Rule::fault(
    "database_synchronous",
    "database.url",
    "SQLite does not wait for the disk",
    "Use a build of vestibule as it is released: this one's SQLite does not do as it is told",
);
static FSYNC: Rule = Rule::fault(
    "postgres_fsync",
    "database.url",
    "PostgreSQL does not wait for the disk: after a power cut the database may be damaged",
    "Set fsync = on in postgresql.conf",
);
static FULL_PAGE_WRITES: Rule = Rule::fault(
    "postgres_full_page_writes",
    "database.url",
    "PostgreSQL cannot mend pages that a power cut tore",
    "Set full_page_writes = on in postgresql.conf, unless the file system writes pages whole",
);
static SYNCHRONOUS_COMMIT: Rule = Rule::fault(
    "postgres_synchronous_commit",
    "database.url",
    "commits return before they are durable, and our sessions could not change that",
    "Set synchronous_commit = on for the role in database.url",
);
static ISOLATION: Rule = Rule::fault(
    "postgres_isolation",
    "database.url",
    "transactions are not READ COMMITTED, though each session asks for it: a pooler between us swaps sessions",
    "Connect to PostgreSQL itself, or set the pooler to sessions",
);
static UNENCRYPTED: Rule = Rule::warning(
    "postgres_unencrypted",
    "database.url",
    "passwords and personal data travel to another host in the open",
    "Switch TLS on in PostgreSQL, and write sslmode=verify-full with sslrootcert into database.url",
);
static UNVERIFIED: Rule = Rule::warning(
    "postgres_unverified",
    "database.url",
    "the way to another host is encrypted, and nobody knows to whom",
    "Write sslmode=verify-full with sslrootcert into database.url",
);
static CONNECTIONS: Rule = Rule::warning(
    "postgres_connections",
    "database.url",
    "PostgreSQL gives us fewer connections than one process uses",
    "Raise max_connections, or the limit of the role or of the database",
);

/// `PRAGMA synchronous`: FULL.
const FULL: i64 = 2;

/// The database as it was found; none: it is not there, or not to be read.
pub(super) async fn look(config: &Config) -> (Option<Condition>, Vec<Finding>) {
    let examined = match &config.database {
        DatabaseUrl::Sqlite(path) => {
            let path = path.clone();
            super::off_runtime(move || Store::examine_sqlite(&path)).await
        }
        DatabaseUrl::Postgres(url) => Some(Store::examine_postgres(url).await.map(Some)),
    };
    let lies = match &config.database {
        DatabaseUrl::Sqlite(path) => disk::look(path),
        DatabaseUrl::Postgres(_) => None,
    };
    let mut findings: Vec<Finding> = lies.into_iter().collect();
    let condition = match examined {
        Some(Ok(Some(condition))) => condition,
        Some(Ok(None)) => {
            findings.push(ABSENT.met(format!("{} is not there", config.database)));
            return (None, findings);
        }
        Some(Err(error)) => {
            findings.push(UNREACHABLE.met(told(config, &error)));
            return (None, findings);
        }
        None => return (None, vec![UNREACHABLE.met("the look at it ended without an answer")]),
    };
    findings.extend(judge(&condition));
    if findings.is_empty() {
        findings.push(Finding::fine(summary(config, &condition)));
    }
    (Some(condition), findings)
}

fn told(config: &Config, error: &OpenError) -> String {
    match error {
        OpenError::Server { .. } => error.to_string(),
        OpenError::File { .. }
        | OpenError::Schema(_)
        | OpenError::Engine(_)
        | OpenError::NoWriteAheadLog
        | OpenError::Thread(_) => format!("{}: {error}", config.database),
    }
}

fn summary(config: &Config, condition: &Condition) -> String {
    match &condition.engine {
        Engine::Sqlite(_) => {
            format!("{}: write-ahead log, every commit waits for the disk", config.database)
        }
        Engine::Postgres(_) => format!("{}: durable, READ COMMITTED", config.database),
    }
}

pub(super) fn judge(condition: &Condition) -> Vec<Finding> {
    let schema = match condition.schema {
        SchemaState::Current => None,
        SchemaState::Empty => Some(ABSENT.met("it has no tables")),
        SchemaState::Older { found, known } => {
            Some(SCHEMA_OLD.met(format!("it has schema {found}, this program has {known}")))
        }
        SchemaState::Unfit(error) => Some(SCHEMA.met(error.to_string())),
    };
    let engine = match &condition.engine {
        Engine::Sqlite(sqlite) => judge_sqlite(sqlite),
        Engine::Postgres(postgres) => judge_postgres(postgres),
    };
    schema.into_iter().chain(engine).collect()
}

fn judge_sqlite(sqlite: &SqliteCondition) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(why) = &sqlite.write_refused {
        findings.push(NOT_WRITABLE.met(why.clone()));
    }
    if sqlite.journal_mode != "wal" {
        findings.push(JOURNAL.met(format!("journal_mode is {}", sqlite.journal_mode)));
    }
    if sqlite.synchronous < FULL {
        findings.push(SYNCHRONOUS.met(format!("synchronous is {}", sqlite.synchronous)));
    }
    findings
}

fn judge_postgres(postgres: &PostgresCondition) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !postgres.fsync {
        findings.push(FSYNC.met("fsync is off"));
    }
    if !postgres.full_page_writes {
        findings.push(FULL_PAGE_WRITES.met("full_page_writes is off"));
    }
    if postgres.synchronous_commit == "off" {
        findings.push(SYNCHRONOUS_COMMIT.met("synchronous_commit is off"));
    }
    if postgres.isolation != "read committed" {
        findings.push(ISOLATION.met(format!("the isolation level is {}", postgres.isolation)));
    }
    match (postgres.local, postgres.encrypted, postgres.verified) {
        (true, _, _) | (false, true, true) => {}
        (false, false, _) => findings.push(UNENCRYPTED.met("the connection is not encrypted")),
        (false, true, false) => findings.push(UNVERIFIED.met("the server's certificate is not verified")),
    }
    if postgres.connections < postgres.connections_wanted {
        findings.push(CONNECTIONS.met(format!(
            "there may be {} connections, one process uses up to {}",
            postgres.connections, postgres.connections_wanted
        )));
    }
    findings
}

#[cfg(test)]
mod tests {
    use identity::Timestamp;
    use store::SchemaError;

    use super::*;

    fn postgres(change: impl FnOnce(&mut PostgresCondition)) -> Vec<&'static str> {
        let mut good = PostgresCondition {
            fsync: true,
            full_page_writes: true,
            synchronous_commit: "on".to_owned(),
            isolation: "read committed".to_owned(),
            clock: Timestamp::from_millis(0),
            encrypted: true,
            verified: true,
            local: false,
            connections: 97,
            connections_wanted: 16,
        };
        change(&mut good);
        names(&judge_postgres(&good))
    }

    fn names(findings: &[Finding]) -> Vec<&'static str> {
        findings.iter().filter_map(|finding| finding.rule.map(|rule| rule.name)).collect()
    }

    #[test]
    fn each_setting_of_postgresql_is_named_and_nothing_beside_it() {
        assert_eq!(postgres(|_| ()), [""; 0]);
        assert_eq!(postgres(|it| it.fsync = false), ["postgres_fsync"]);
        assert_eq!(postgres(|it| it.full_page_writes = false), ["postgres_full_page_writes"]);
        assert_eq!(postgres(|it| it.synchronous_commit = "off".to_owned()), ["postgres_synchronous_commit"]);
        assert_eq!(postgres(|it| it.synchronous_commit = "local".to_owned()), [""; 0]);
        assert_eq!(postgres(|it| it.isolation = "serializable".to_owned()), ["postgres_isolation"]);
        assert_eq!(postgres(|it| it.encrypted = false), ["postgres_unencrypted"]);
        assert_eq!(postgres(|it| it.verified = false), ["postgres_unverified"]);
        assert_eq!(postgres(|it| (it.encrypted, it.local) = (false, true)), [""; 0]);
        assert_eq!(postgres(|it| it.connections = 15), ["postgres_connections"]);
        assert_eq!(postgres(|it| it.connections = 16), [""; 0]);
    }

    #[test]
    fn a_schema_is_ours_older_absent_or_another_ones() {
        let of = |schema| {
            let good =
                SqliteCondition { journal_mode: "wal".to_owned(), synchronous: FULL, write_refused: None };
            names(&judge(&Condition { schema, master_key_check: None, engine: Engine::Sqlite(good) }))
        };
        assert_eq!(of(SchemaState::Current), [""; 0]);
        assert_eq!(of(SchemaState::Empty), ["database_absent"]);
        assert_eq!(of(SchemaState::Older { found: 1, known: 2 }), ["database_schema_old"]);
        assert_eq!(of(SchemaState::Unfit(SchemaError::Foreign)), ["database_schema"]);
    }

    #[test]
    fn each_setting_of_sqlite_is_named() {
        let of = |journal_mode: &str, synchronous, refused: Option<&str>| {
            let (journal_mode, write_refused) = (journal_mode.to_owned(), refused.map(str::to_owned));
            names(&judge_sqlite(&SqliteCondition { journal_mode, synchronous, write_refused }))
        };
        assert_eq!(of("wal", FULL, None), [""; 0]);
        assert_eq!(of("wal", 3, None), [""; 0]);
        assert_eq!(of("delete", FULL, None), ["database_journal"]);
        assert_eq!(of("wal", 1, None), ["database_synchronous"]);
        assert_eq!(of("wal", FULL, Some("locked")), ["database_not_writable"]);
    }
}
