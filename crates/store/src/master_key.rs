//! The check value of the master key.

use identity::ports::{Conflict, StoreResult};

use crate::db::Db;
use crate::sql::{Sql, Step};

pub(crate) static FIND: Sql = Sql::new("SELECT check_value FROM master_key WHERE only_row = 1");
pub(crate) static RECORD: Sql = Sql::new("INSERT INTO master_key (only_row, check_value) VALUES (1, $1)");

pub(crate) async fn find(db: &Db) -> StoreResult<Option<Vec<u8>>> {
    db.query_one(&FIND, &[]).await?.map(|mut row| row.blob("master_key.check_value")).transpose()
}

pub(crate) fn record(check: &[u8; 32]) -> Vec<Step> {
    vec![Step::one(&RECORD, vec![check.as_slice().into()], Conflict::MasterKeyRecorded)]
}
