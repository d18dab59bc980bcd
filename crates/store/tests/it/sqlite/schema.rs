//! The schema's history in the file.

use store::{OpenError, SchemaError, Store};

use super::{Folder, create, names, open, raw};

#[tokio::test]
async fn a_database_opened_again_has_what_it_had() {
    let folder = Folder::new();
    for name in ["ann", "bob", "cid"] {
        create(&open(&folder.database()), name).await.unwrap();
    }
    assert_eq!(names(&open(&folder.database())).await, ["ann", "bob", "cid"]);
}

/// Opens a database that an SQL text changed, and gives back why that is refused.
fn refused_after(sql: &str) -> SchemaError {
    let folder = Folder::new();
    drop(open(&folder.database()));
    raw(&folder.database()).execute_batch(sql).unwrap();
    let found = |sql: &str| raw(&folder.database()).query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let remembered = "SELECT count(*) FROM schema_migrations";
    let before = found(remembered);
    let error = Store::open_sqlite(&folder.database()).err().unwrap();
    assert_eq!(found(remembered), before, "a refused database is left alone");
    let OpenError::Schema(error) = error else { panic!("{error:?}") };
    error
}

#[test]
fn a_newer_schema_is_refused() {
    let refused = refused_after("INSERT INTO schema_migrations VALUES (1000, 'later', x'00')");
    assert!(matches!(refused, SchemaError::Newer { found: 1000, known: 1.. }), "{refused:?}");
}

#[test]
fn an_altered_schema_is_refused() {
    let refused = refused_after("UPDATE schema_migrations SET checksum = x'00' WHERE number = 1");
    assert_eq!(refused, SchemaError::Altered { number: 1 });
}

#[test]
fn a_migration_that_fails_leaves_no_half_of_it() {
    let folder = Folder::new();
    let begun = "CREATE TABLE audit_events (mine TEXT);
        CREATE TABLE schema_migrations (number INTEGER NOT NULL PRIMARY KEY, name TEXT, checksum BLOB) STRICT";
    raw(&folder.database()).execute_batch(begun).unwrap();
    let error = Store::open_sqlite(&folder.database()).err().unwrap();
    assert!(matches!(error, OpenError::Engine(_)), "{error:?}");
    let tables: String = raw(&folder.database())
        .query_row("SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, "audit_events,schema_migrations");
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let folder = Folder::new();
    raw(&folder.database()).execute_batch("CREATE TABLE invoices (mine TEXT)").unwrap();
    let before = std::fs::read(folder.database()).unwrap();
    let error = Store::open_sqlite(&folder.database()).err().unwrap();
    assert!(matches!(error, OpenError::Schema(SchemaError::Foreign)), "{error:?}");
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
}
