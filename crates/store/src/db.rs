//! The seam between the store and its engines: the only file that matches on which one it is.

use identity::ports::{Committed, StoreResult};

use crate::postgres::Postgres;
use crate::sql::{Row, Sql, Step, Value};
use crate::sqlite::Sqlite;
use crate::sqlite::remembered::{Known, Reading};

/// An open database.
pub(crate) enum Db {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl Db {
    /// The rows of a query; what any process committed before the call is in them.
    pub(crate) async fn query(&self, sql: &'static Sql, values: &[Value]) -> StoreResult<Vec<Row>> {
        match self {
            Self::Sqlite(sqlite) => sqlite.query(sql, values),
            Self::Postgres(postgres) => postgres.query(sql, values).await,
        }
    }

    /// The first row of a query.
    pub(crate) async fn query_one(&self, sql: &'static Sql, values: &[Value]) -> StoreResult<Option<Row>> {
        Ok(self.query(sql, values).await?.into_iter().next())
    }

    /// What is known without a query, and proven to be what one would say.
    pub(crate) fn known(&self) -> Option<&Known> {
        match self {
            Self::Sqlite(sqlite) => sqlite.known(),
            Self::Postgres(_) => None,
        }
    }

    /// To be asked before a query whose answer is to be remembered, where that is done.
    pub(crate) fn reading(&self) -> Option<Reading<'_>> {
        match self {
            Self::Sqlite(sqlite) => sqlite.reading(),
            Self::Postgres(_) => None,
        }
    }

    /// Applies the steps of every change, or nothing; durable when it returns.
    pub(crate) async fn commit(&self, changes: Vec<Vec<Step>>) -> StoreResult<Committed> {
        match self {
            Self::Sqlite(sqlite) => sqlite.commit(changes).await,
            Self::Postgres(postgres) => postgres.commit(changes).await,
        }
    }
}
