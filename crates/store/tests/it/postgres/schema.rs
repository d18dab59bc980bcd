//! The schema's history on the server.

use std::sync::Arc;

use store::{OpenError, PostgresUrl, SchemaError, Store};
use tokio::sync::Barrier;

use super::{cluster, number, open, raw, refused};
use crate::world::{create, names};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_that_open_an_empty_database_together_one_makes_the_schema() {
    let url = cluster::database();
    let start = Arc::new(Barrier::new(6));
    let openers: Vec<_> = (0..6)
        .map(|n| {
            let (start, url) = (Arc::clone(&start), url.clone());
            tokio::spawn(async move {
                start.wait().await;
                create(&open(&url).await, &format!("user-{n}")).await.unwrap();
            })
        })
        .collect();
    for opener in openers {
        opener.await.unwrap();
    }
    assert_eq!(names(&open(&url).await).await.len(), 6);
}

/// Why a database that an SQL text changed is refused; nothing of it is changed.
async fn refused_after(sql: &str) -> SchemaError {
    let url = cluster::database();
    drop(open(&url).await);
    let other = raw(&url).await;
    other.batch_execute(sql).await.unwrap();
    let remembered = "SELECT count(*) FROM schema_migrations";
    let before = number(&other, remembered).await;
    let error = Store::open_postgres(&PostgresUrl::parse(&url).unwrap()).await.err().unwrap();
    assert_eq!(number(&other, remembered).await, before);
    let OpenError::Schema(error) = error else { panic!("{error:?}") };
    error
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let refused = refused_after("INSERT INTO schema_migrations VALUES (1000, 'later', '')").await;
    assert!(matches!(refused, SchemaError::Newer { found: 1000, known: 1.. }), "{refused:?}");
}

#[tokio::test]
async fn an_altered_schema_is_refused() {
    let refused = refused_after("UPDATE schema_migrations SET checksum = '' WHERE number = 1").await;
    assert_eq!(refused, SchemaError::Altered { number: 1 });
}

#[tokio::test]
async fn a_migration_that_fails_leaves_no_half_of_it() {
    let url = cluster::database();
    let other = raw(&url).await;
    // The sequence of a column of the last table but one.
    other.batch_execute("CREATE SEQUENCE audit_events").await.unwrap();
    let told = refused(&url).await;
    assert!(told.contains("cannot be brought to this program's schema"), "{told}");
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(number(&other, tables).await, 0);
}

#[tokio::test]
async fn the_database_of_another_program_is_left_alone() {
    for theirs in ["invoices (mine TEXT)", "schema_migrations (version TEXT)"] {
        let url = cluster::database();
        let other = raw(&url).await;
        other.batch_execute(&format!("CREATE TABLE {theirs}")).await.unwrap();
        assert_eq!(refused(&url).await, SchemaError::Foreign.to_string());
        assert_eq!(number(&other, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").await, 1);
        // In a schema of its own there is room beside them.
        other.batch_execute("CREATE SCHEMA vestibule").await.unwrap();
        let store = open(&format!("{url}?options=-csearch_path%3Dvestibule")).await;
        create(&store, "ann").await.unwrap();
        assert_eq!(number(&other, "SELECT count(*) FROM vestibule.users").await, 1);
    }
}

#[tokio::test]
async fn a_database_that_cannot_hold_every_letter_is_refused() {
    let url = cluster::database();
    let name = format!("{}_latin1", url.rsplit_once('/').unwrap().1);
    let make = format!("CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    raw(&url).await.batch_execute(&make).await.unwrap();
    let told = refused(&format!("{url}_latin1")).await;
    assert!(told.contains("LATIN1") && told.contains("createdb --encoding=UTF8"), "{told}");
}

/// Who serves need not be who may change the schema.
#[tokio::test]
async fn a_role_without_the_right_to_make_tables_uses_the_ones_that_are_there() {
    let url = cluster::database();
    drop(open(&url).await);
    let (other, role) = (raw(&url).await, format!("clerk_{}", url.rsplit_once('_').unwrap().1));
    other
        .batch_execute(&format!(
            "CREATE ROLE {role} LOGIN;
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
        ))
        .await
        .unwrap();
    let store = open(&url.replace("postgres@", &format!("{role}@"))).await;
    create(&store, "ann").await.unwrap();
    assert_eq!(names(&store).await, ["ann"]);
}

/// What is put in order or looked up is compared byte by byte, whatever the database's locale is: an index of another
/// order breaks when the system's library changes its mind, and a listing would not be as on the other engine.
#[tokio::test]
async fn texts_that_are_compared_are_compared_byte_by_byte() {
    let url = cluster::database();
    drop(open(&url).await);
    let other = raw(&url).await;
    let indexed = "SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_collation AS o ON o.oid = a.attcollation
        WHERE c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace AND o.collname <> 'C'";
    let listed = "SELECT c.column_name::text FROM information_schema.columns AS c
        WHERE c.table_schema = 'public' AND c.table_name = 'users' AND c.collation_name = 'C' ORDER BY 1";
    let names = async |sql: &str| -> Vec<String> {
        other.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    };
    assert_eq!(names(indexed).await, [""; 0]);
    assert_eq!(names(listed).await, ["email", "status", "username"]);
}
