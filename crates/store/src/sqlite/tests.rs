//! Every statement against the schema that the migrations make.

use rusqlite::Connection;

use crate::sql::tests::{ALL, lists_users};

/// A database with today's schema.
fn migrated() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    super::migrate(&mut connection).unwrap();
    connection
}

/// The steps of a statement's plan, as SQLite tells them.
fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // Placeholders without a value are null.
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get("detail").unwrap());
    }
    steps
}

#[test]
fn every_statement_fits_the_schema() {
    let connection = migrated();
    for (path, sql) in ALL {
        if let Err(error) = connection.prepare(sql.for_sqlite()) {
            panic!("{path}: {error}");
        }
    }
}

#[test]
fn no_statement_reads_or_sorts_a_whole_table() {
    let connection = migrated();
    for (path, sql) in ALL.iter().filter(|(path, _)| !lists_users(path)) {
        for step in plan(&connection, sql.for_sqlite()) {
            let scan = step.starts_with("SCAN") && !step.contains("CONSTANT ROW");
            assert!(!scan && !step.contains("TEMP B-TREE"), "{path}: {step}");
        }
    }
}

/// It may sort the household, and reads nobody else.
#[test]
fn a_household_is_found_without_reading_all_users() {
    let connection = migrated();
    let mut found = 0;
    for (path, sql) in ALL.iter().filter(|(path, _)| lists_users(path) && path.contains("HOUSEHOLD")) {
        let plan = plan(&connection, sql.for_sqlite());
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{path}: {plan:?}");
        assert!(plan.iter().any(|step| step.contains("users_parent (parent=?)")), "{path}: {plan:?}");
        found += 1;
    }
    assert_eq!(found, 13);
}

#[test]
fn hot_statements_use_the_index_that_is_there_for_them() {
    let connection = migrated();
    for (path, expected) in [
        ("sessions::WITH_MEMBERSHIPS", "s USING INDEX sessions_digest (digest=? AND digest_kind=?)"),
        ("sessions::WITH_MEMBERSHIPS", "m USING INDEX memberships_user (user_number=?) LEFT-JOIN"),
        ("sessions::BY_DIGEST", "s USING INDEX sessions_digest (digest=? AND digest_kind=?)"),
        ("users::CREDENTIALS", "n USING PRIMARY KEY (key=?)"),
        ("throttles::FIND", "throttles USING PRIMARY KEY (bucket_kind=? AND bucket=?)"),
        ("throttles::KNOWS_PLACE", "known_places USING PRIMARY KEY (place=?)"),
        ("audit::MATCHING", "audit_events USING INDEX audit_events_at (at>? AND at<?)"),
        ("audit::MATCHING_TO", "audit_events USING INDEX audit_events_user (user_id=? AND at>? AND at<?)"),
        ("audit::MATCHING_BY", "audit_events USING INDEX audit_events_by (by_user=? AND at>? AND at<?)"),
        ("audit::FORGET", "audit_events USING COVERING INDEX audit_events_at (at<?)"),
        ("sessions::INSERT_WITHIN", "sessions USING INDEX sessions_user_live (user_number=?)"),
        ("sessions::END_ALL", "sessions USING INDEX sessions_user_live (user_number=?)"),
        ("sessions::LIVE_PAGE", "s USING INDEX sessions_user_live (user_number=? AND id>?)"),
        ("sessions::END", "sessions USING PRIMARY KEY (id=?)"),
        ("api_keys::WITH_MEMBERSHIPS", "k USING INDEX api_keys_digest (digest=? AND digest_kind=?)"),
        ("api_keys::WITH_MEMBERSHIPS", "m USING INDEX memberships_user (user_number=?) LEFT-JOIN"),
        ("api_keys::BY_DIGEST", "k USING INDEX api_keys_digest (digest=? AND digest_kind=?)"),
        ("api_keys::OF_USER", "k USING INDEX api_keys_user (user_number=?)"),
        ("api_keys::OF_DOOR", "k USING INDEX api_keys_user (user_number=? AND door=?)"),
        ("api_keys::OF_ORGANIZATION_BY_DIGEST", "k USING INDEX api_keys_digest (digest=? AND digest_kind=?)"),
        (
            "organizations::MEMBERSHIP",
            "m USING INDEX sqlite_autoindex_memberships_2 (organization=? AND user_number=?)",
        ),
        ("organizations::OF_USER", "m USING INDEX memberships_user (user_number=?)"),
        ("organizations::JOIN", "memberships USING COVERING INDEX memberships_user (user_number=?)"),
        ("invitations::BY_DIGEST", "i USING INDEX invitations_digest (digest=? AND digest_kind=?)"),
        ("invitations::FORGET", "invitations USING INDEX invitations_expires (expires<?)"),
        ("tickets::BY_DIGEST", "t USING INDEX tickets_digest (digest=? AND digest_kind=?)"),
        ("tickets::REDEEM", "tickets USING PRIMARY KEY (id=?)"),
        (
            "external_identities::BY_SUBJECT",
            "e USING INDEX sqlite_autoindex_external_identities_2 (issuer=? AND subject=?)",
        ),
        ("external_identities::OF_USER", "e USING INDEX external_identities_user (user_number=?)"),
        ("flows::BY_DIGEST", "flows USING INDEX flows_digest (digest=? AND digest_kind=?)"),
        ("flows::TAKE", "flows USING PRIMARY KEY (id=?)"),
        ("flows::FORGET", "flows USING INDEX flows_expires (expires<?)"),
        ("sessions::END_SIGNED", "sessions USING INDEX sessions_signing_key (signing_key=?)"),
        ("signing_keys::HOLD", "signing_keys USING PRIMARY KEY (id=?)"),
        ("mail::DUE", "m USING INDEX mail_queue_due (due<?)"),
        ("users::SIGN_IN", "users USING INTEGER PRIMARY KEY (rowid=?)"),
    ] {
        let (_, sql) = ALL.iter().find(|(name, _)| name.replace(' ', "") == path).unwrap();
        let plan = plan(&connection, sql.for_sqlite());
        assert!(plan.iter().any(|step| step.ends_with(expected)), "{path}: {plan:?}");
    }
}

#[test]
fn the_writing_connection_keeps_its_promises() {
    let connection = Connection::open_in_memory().unwrap();
    super::promise(&connection).unwrap();
    let value =
        |pragma: &str| -> i64 { connection.pragma_query_value(None, pragma, |row| row.get(0)).unwrap() };
    let promised = ["synchronous", "foreign_keys", "temp_store", "secure_delete"].map(value);
    let full = 2;
    let in_memory = 2;
    assert_eq!(promised, [full, 1, in_memory, 1]);
}
