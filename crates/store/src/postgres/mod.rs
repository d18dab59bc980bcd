//! PostgreSQL: reads share a few connections, on which they are pipelined; a commit has a connection to itself for
//! two round trips.
//!
//! Nothing is remembered about the database but connections and prepared statements: one that went away and came
//! back, or was replaced by another server behind the same address, is simply used again.

mod commit;
pub(crate) mod condition;
mod connect;
mod fault;
mod readers;
mod schema;
mod tls;
mod url;
mod value;

use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, QueueMode, RecyclingMethod, Runtime};
use identity::SeenThrough;
use identity::ports::{Committed, StoreResult};

use self::connect::Connector;
use self::readers::Readers;
pub use self::url::PostgresUrl;
use crate::OpenError;
use crate::sql::{Row, Sql, Step, Value};

/// Connections for commits, at most. A commit takes two round trips and one flush to the server's disk; more of them
/// at once would only wait for each other there.
const COMMITTERS: usize = 12;
/// How long a commit waits for a connection, and a statement for its answer; the server is told the same when a
/// session begins.
const PATIENCE: Duration = Duration::from_secs(5);

/// A PostgreSQL database.
pub(crate) struct Postgres {
    readers: Readers,
    committers: Pool,
}

impl Postgres {
    /// Connects once, to bring the schema up to date. No connection of that is kept, so this may run anywhere.
    pub(crate) async fn open(url: &PostgresUrl) -> Result<Self, OpenError> {
        let connector = Connector::new(url)?;
        schema::migrate(&connector).await?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_connect(connector.config().clone(), connector.clone(), recycling);
        let committers = Pool::builder(manager)
            .max_size(COMMITTERS)
            // The one that was used last: what the server's process for it needs is still in the processor's caches.
            .queue_mode(QueueMode::Lifo)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(connector.limit()))
            .build()
            .map_err(|error| OpenError::server(url.place(), error.to_string()))?;
        Ok(Self { readers: Readers::new(connector), committers })
    }

    pub(crate) async fn query(&self, sql: &'static Sql, values: &[Value]) -> StoreResult<Vec<Row>> {
        self.readers.query(sql, values).await
    }

    /// Seen through: a caller that goes away leaves no transaction half-way, as with the other engine.
    pub(crate) async fn commit(&self, changes: Vec<Vec<Step>>) -> StoreResult<Committed> {
        let pool = self.committers.clone();
        SeenThrough::new(async move { commit::apply(&pool, &changes).await }).await
    }
}

#[cfg(test)]
mod tests;
