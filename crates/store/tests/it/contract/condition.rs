//! What is found of a database that is not opened for use: the same of every engine, and nothing is changed by it.

use identity::ports::Change;
use store::{Engine, SchemaState};

use crate::world::World;

pub(crate) async fn a_database_that_is_in_use_is_current_and_durable(world: &World) {
    world.user("ann").await;
    let found = world.examined().await;
    assert_eq!(found.schema, SchemaState::Current);
    assert_eq!(found.master_key_check, None);
    match found.engine {
        Engine::Sqlite(sqlite) => {
            assert_eq!((sqlite.journal_mode.as_str(), sqlite.synchronous), ("wal", 2));
            assert_eq!(sqlite.write_refused, None);
        }
        Engine::Postgres(postgres) => {
            assert_eq!(postgres.isolation, "read committed");
            assert_eq!(postgres.synchronous_commit, "on");
            // The tests' server is thrown away, and says so.
            assert!(!postgres.fsync && !postgres.full_page_writes);
            assert!(postgres.local && postgres.connections > postgres.connections_wanted);
            assert!(postgres.clock.millis() > 1_700_000_000_000);
        }
    }
}

pub(crate) async fn the_check_value_is_found_as_recorded(world: &World) {
    world.apply(Change::RecordMasterKey { check: [7; 32] }).await;
    assert_eq!(world.examined().await.master_key_check.as_deref(), Some(&[7; 32][..]));
    assert_eq!(world.examined().await.schema, SchemaState::Current, "twice, and beside one that is open");
}
