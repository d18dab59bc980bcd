//! Every statement against the schema that the migrations make.

use tokio_postgres::types::Type;

use super::connect::Connector;
use super::{Postgres, PostgresUrl};
use crate::sql::tests::{ALL, lists_users};

#[expect(dead_code, reason = "the servers of its own are for other tests")]
#[path = "../../tests/it/postgres/cluster.rs"]
mod cluster;

/// A connection to a database with today's schema.
async fn migrated() -> deadpool_postgres::ClientWrapper {
    let url = PostgresUrl::parse(&cluster::database()).unwrap();
    Postgres::open(&url).await.unwrap();
    Connector::new(&url).unwrap().connect().await.unwrap()
}

#[tokio::test]
async fn every_statement_fits_the_schema_with_values_of_three_types() {
    let client = migrated().await;
    for (path, sql) in ALL {
        let statement =
            client.prepare(sql.for_postgres()).await.unwrap_or_else(|error| panic!("{path}: {error:?}"));
        for given in statement.params() {
            assert!(matches!(*given, Type::INT8 | Type::TEXT | Type::BYTEA), "{path} takes {given}");
        }
        for column in statement.columns() {
            let of_type = column.type_();
            assert!(
                matches!(*of_type, Type::INT8 | Type::TEXT | Type::BYTEA | Type::BOOL),
                "{path} gives {of_type}"
            );
        }
    }
}

/// The plan for values that are not known, where reading or sorting a whole table is the last resort.
#[tokio::test]
async fn no_statement_has_to_read_or_sort_a_whole_table() {
    let client = migrated().await;
    client
        .batch_execute(
            "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_sort = off;
             SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off",
        )
        .await
        .unwrap();
    for (index, (path, sql)) in ALL.iter().enumerate().filter(|(_, (path, _))| !lists_users(path)) {
        let count = client.prepare(sql.for_postgres()).await.unwrap().params().len();
        let values = if count == 0 { String::new() } else { format!("({})", vec!["NULL"; count].join(", ")) };
        client.batch_execute(&format!("PREPARE s{index} AS {}", sql.for_postgres())).await.unwrap();
        let plan = client.query(&format!("EXPLAIN EXECUTE s{index}{values}"), &[]).await.unwrap();
        for row in plan {
            let step: String = row.get(0);
            assert!(!step.contains("Seq Scan") && !step.contains("Sort"), "{path}: {step}");
        }
    }
}
