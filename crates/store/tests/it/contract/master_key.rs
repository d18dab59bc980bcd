//! The check value of the master key.

use identity::ports::{Change, Conflict, Store as _};

use crate::world::World;

pub(super) async fn the_check_value_is_recorded_once(world: &World) {
    let record = |n| Change::RecordMasterKey { check: [n; 32] };
    assert_eq!(world.store.master_key_check().await.unwrap(), None);
    assert_eq!(world.apply(record(1)).await, 1);
    assert_eq!(world.store.master_key_check().await.unwrap(), Some(vec![1; 32]));
    for again in [1, 2] {
        assert_eq!(world.refused(record(again)).await, Conflict::MasterKeyRecorded);
    }
    assert_eq!(world.store.master_key_check().await.unwrap(), Some(vec![1; 32]));
}
