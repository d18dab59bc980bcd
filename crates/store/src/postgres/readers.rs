//! Connections that reads share: what several wait for is on its way at once, and nobody waits for a free one.
//!
//! Every query here is a point read or a short page, so none holds the next one up for long.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use deadpool_postgres::ClientWrapper;
use futures_util::TryStreamExt as _;
use identity::ports::StoreResult;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_postgres::{Error, Statement};

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
    open: RwLock<Option<Arc<Reader>>>,
    /// Of many that find none, one connects.
    connecting: Mutex<()>,
}

/// A connection with the statements that are prepared on it.
struct Reader {
    client: ClientWrapper,
    /// Few enough to be looked through; a map by their texts costs more than a tenth of a read.
    prepared: RwLock<Vec<(&'static Sql, Statement)>>,
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
            let reader = line.reader(&self.connector).await?;
            let (error, retry) = match timeout(PATIENCE, reader.rows(sql, values)).await {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(error)) => (unavailable(&error), remedy(&error) != Remedy::None),
                Err(_) => (too_slow(), false),
            };
            // One that failed is closed, so that the next query begins afresh.
            line.forget(&reader);
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
        open.as_ref().is_some_and(|reader| !reader.client.is_closed() && Arc::strong_count(reader) == 1)
    }

    async fn reader(&self, connector: &Connector) -> StoreResult<Arc<Reader>> {
        if let Some(reader) = self.current() {
            return Ok(reader);
        }
        let _turn = timeout(PATIENCE, self.connecting.lock()).await.map_err(|_| too_slow())?;
        if let Some(reader) = self.current() {
            return Ok(reader);
        }
        let client = connector.connect().await.map_err(|error| error.unavailable())?;
        let reader = Arc::new(Reader { client, prepared: RwLock::default() });
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&reader));
        Ok(reader)
    }

    fn current(&self) -> Option<Arc<Reader>> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().filter(|reader| !reader.client.is_closed()).cloned()
    }

    fn forget(&self, reader: &Arc<Reader>) {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        open.take_if(|current| Arc::ptr_eq(current, reader));
    }
}

impl Reader {
    async fn rows(&self, sql: &'static Sql, values: &[Value]) -> Result<Vec<Row>, Error> {
        let statement = match self.known(sql) {
            Some(statement) => statement,
            None => self.prepare(sql).await?,
        };
        let mut found = pin!(self.client.query_raw(&statement, values).await?);
        let mut rows = Vec::new();
        while let Some(row) = found.try_next().await? {
            rows.push(Row::from(row));
        }
        Ok(rows)
    }

    fn known(&self, sql: &'static Sql) -> Option<Statement> {
        let prepared = self.prepared.read().unwrap_or_else(PoisonError::into_inner);
        let found = prepared.iter().find(|(known, _)| std::ptr::eq(*known, sql));
        found.map(|(_, statement)| statement.clone())
    }

    /// Of several who prepare the same at the same time each has its own, and one of them stays.
    async fn prepare(&self, sql: &'static Sql) -> Result<Statement, Error> {
        let statement = self.client.prepare(sql.for_postgres()).await?;
        let mut prepared = self.prepared.write().unwrap_or_else(PoisonError::into_inner);
        if !prepared.iter().any(|(known, _)| std::ptr::eq(*known, sql)) {
            prepared.push((sql, statement.clone()));
        }
        Ok(statement)
    }
}
