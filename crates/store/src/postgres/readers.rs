//! Connections that reads share: what several wait for is on its way at once, and nobody waits for a free one.
//!
//! Every query here is a point read or a short page, so none holds the next one up for long.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use deadpool_postgres::ClientWrapper;
use identity::ports::StoreResult;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_postgres::Error;
use tokio_postgres::types::ToSql;

use super::PATIENCE;
use super::connect::Connector;
use super::fault::{Remedy, remedy, too_slow, unavailable};
use crate::sql::{Row, Sql, Value};

/// Shared connections: the server works on each with one of its processes.
pub(super) const READERS: usize = 4;

/// The connections that reads share.
pub(super) struct Readers {
    connector: Connector,
    lines: [Line; READERS],
    next: AtomicUsize,
}

/// A place for one connection.
#[derive(Default)]
struct Line {
    open: RwLock<Option<Arc<ClientWrapper>>>,
    /// Of many that find none, one connects.
    connecting: Mutex<()>,
}

impl Readers {
    pub(super) fn new(connector: Connector) -> Self {
        Self { connector, lines: Default::default(), next: AtomicUsize::new(0) }
    }

    /// The rows of a query. A read may be done twice, so one that lost its connection is.
    pub(super) async fn query(&self, sql: &'static Sql, values: &[Value]) -> StoreResult<Vec<Row>> {
        let Some(line) = self.line() else { return Err(too_slow()) };
        let mut again = true;
        loop {
            let client = line.client(&self.connector).await?;
            let (error, retry) = match timeout(PATIENCE, rows(&client, sql, values)).await {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(error)) => (unavailable(&error), remedy(&error) != Remedy::None),
                Err(_) => (too_slow(), false),
            };
            // One that failed is closed, so that the next query begins afresh.
            line.forget(&client);
            if !(retry && again) {
                return Err(error);
            }
            again = false;
        }
    }
}

impl Readers {
    /// The first that rests: the fewer are in use, the more of what the server's process for it needs is still in the
    /// processor's caches, and nobody waits for another one to be opened, which costs several round trips. Where all are
    /// busy, each in its turn.
    fn line(&self) -> Option<&Line> {
        self.lines.iter().find(|line| line.rests()).or_else(|| {
            let turn = self.next.fetch_add(1, Ordering::Relaxed);
            self.lines.get(turn % READERS)
        })
    }
}

impl Line {
    /// Whether there is a connection that nobody uses at the moment.
    fn rests(&self) -> bool {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().is_some_and(|client| !client.is_closed() && Arc::strong_count(client) == 1)
    }

    async fn client(&self, connector: &Connector) -> StoreResult<Arc<ClientWrapper>> {
        if let Some(client) = self.current() {
            return Ok(client);
        }
        let _turn = timeout(PATIENCE, self.connecting.lock()).await.map_err(|_| too_slow())?;
        if let Some(client) = self.current() {
            return Ok(client);
        }
        let client = Arc::new(connector.connect().await.map_err(|error| error.unavailable())?);
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&client));
        Ok(client)
    }

    fn current(&self) -> Option<Arc<ClientWrapper>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().filter(|client| !client.is_closed()).cloned()
    }

    fn forget(&self, client: &Arc<ClientWrapper>) {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.take_if(|current| Arc::ptr_eq(current, client));
    }
}

async fn rows(client: &ClientWrapper, sql: &'static Sql, values: &[Value]) -> Result<Vec<Row>, Error> {
    let statement = client.prepare_cached(sql.for_postgres()).await?;
    let values: Vec<_> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    let rows = client.query(&statement, &values).await?;
    rows.iter()
        .map(|row| (0..row.len()).map(|column| row.try_get(column)).collect::<Result<_, _>>().map(Row::new))
        .collect()
}
