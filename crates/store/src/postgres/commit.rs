//! One commit: `BEGIN` and every step on their way at once, then `COMMIT` when each hit what it had to, else
//! `ROLLBACK`. Two round trips. One for a reservation, which is a transaction by itself.
//!
//! READ COMMITTED: a statement sees what was committed before it began, and one that waited for a row looks at it
//! anew. The guards and the lock of the user's row need no more.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use deadpool_postgres::{ClientWrapper, Object, Pool, PoolError};
use identity::ports::{Committed, Conflict, StoreError, StoreResult};
use tokio::time::timeout;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Statement};

use super::PATIENCE;
use super::fault::{Remedy, refused, remedy, too_slow, unavailable};
use crate::sql::{Guard, Step};

/// How often a commit is tried that another one, or a connection that broke, was in the way of.
const TRIES: u32 = 5;

/// Why a commit was not acknowledged.
enum Failure {
    /// Nothing of it was kept, and the connection is as it was.
    Undone(StoreError, Remedy),
    /// Nothing of it was kept, and the connection is of no use any more.
    Lost(StoreError, Remedy),
    /// The server was told to commit and did not say that it has.
    Unknown(StoreError),
}

/// Applies the steps of every change, or nothing; durable when it returns. It must not be dropped half-way: the
/// connection would go back to the pool in the midst of a transaction.
pub(super) async fn apply(pool: &Pool, changes: &[Vec<Step>]) -> StoreResult<Committed> {
    let mut tries = 1;
    loop {
        let connection = pool.get().await.map_err(|error| no_connection(&error))?;
        let outcome = timeout(2 * PATIENCE, transaction(&connection, changes)).await;
        let (error, remedy) = match outcome {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(Failure::Undone(error, remedy))) => (error, remedy),
            Ok(Err(Failure::Lost(error, remedy))) => {
                close(connection);
                (error, remedy)
            }
            Ok(Err(Failure::Unknown(error))) => {
                close(connection);
                return Err(error);
            }
            Err(_) => {
                close(connection);
                return Err(too_slow());
            }
        };
        if remedy == Remedy::None || tries == TRIES {
            return Err(error);
        }
        tries += 1;
    }
}

fn close(connection: Object) {
    drop(Object::take(connection));
}

fn no_connection(error: &PoolError) -> StoreError {
    match error {
        PoolError::Backend(error) => unavailable(error),
        PoolError::Timeout(_) => {
            StoreError::Unavailable("no connection to PostgreSQL became free in time".into())
        }
        PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
            StoreError::Unavailable(error.to_string().into())
        }
    }
}

async fn transaction(client: &ClientWrapper, changes: &[Vec<Step>]) -> Result<Committed, Failure> {
    let mut statements = Vec::new();
    for step in changes.iter().flatten() {
        let prepared = client.prepare_cached(step.sql.for_postgres()).await;
        statements.push(prepared.map_err(|error| before_the_end(&error))?);
    }
    if let Some((step, conflict)) = alone(changes)
        && let [statement] = statements.as_slice()
    {
        return by_itself(client, changes, step, conflict, statement).await;
    }
    let done = match steps(client, changes, &statements).await {
        Ok(done) => done,
        Err(failure) => return Err(undo(client, failure).await),
    };
    match client.batch_execute("COMMIT").await {
        Ok(()) => Ok(done),
        Err(error) if remedy(&error) == Remedy::Again => {
            Err(Failure::Undone(unavailable(&error), Remedy::Again))
        }
        Err(error) => Err(Failure::Unknown(unavailable(&error))),
    }
}

/// The only step of a commit, when it hits one row or does nothing, and may be tried again.
fn alone(changes: &[Vec<Step>]) -> Option<(&Step, Conflict)> {
    let mut steps = changes.iter().flatten();
    let (Some(step), None) = (steps.next(), steps.next()) else { return None };
    match step.guard {
        Guard::One(conflict) if step.provisional => Some((step, conflict)),
        Guard::One(_) | Guard::Any => None,
    }
}

/// A statement outside a transaction is one: kept when it is answered. Its guard is in its own condition, so there is
/// nothing to undo.
async fn by_itself(
    client: &ClientWrapper,
    changes: &[Vec<Step>],
    step: &Step,
    conflict: Conflict,
    statement: &Statement,
) -> Result<Committed, Failure> {
    let values = step.values.iter().map(|value| value as &(dyn ToSql + Sync));
    match client.execute_raw(statement, values).await {
        Ok(1) => {
            Ok(Committed { affected: changes.iter().map(|change| u64::from(!change.is_empty())).collect() })
        }
        Ok(_) => Err(Failure::Undone(conflict.into(), Remedy::None)),
        Err(error) => Err(before_the_end(&error)),
    }
}

/// Takes back what a transaction did that goes no further.
async fn undo(client: &ClientWrapper, failure: Failure) -> Failure {
    let Failure::Undone(error, remedy) = failure else { return failure };
    match client.batch_execute("ROLLBACK").await {
        Ok(()) => Failure::Undone(error, remedy),
        // The transaction ends with its connection.
        Err(_) => Failure::Lost(error, remedy),
    }
}

/// A statement's failure: whatever was done is undone, by the server or by the end of the connection.
fn before_the_end(error: &Error) -> Failure {
    match remedy(error) {
        Remedy::Reconnect => Failure::Lost(unavailable(error), Remedy::Reconnect),
        remedy @ (Remedy::None | Remedy::Again) => Failure::Undone(refused(error), remedy),
    }
}

/// Sends everything at once; of what comes back the first thing that is not as it must be decides.
async fn steps(
    client: &ClientWrapper,
    changes: &[Vec<Step>],
    statements: &[Statement],
) -> Result<Committed, Failure> {
    let begin = Sent::now(client.batch_execute("BEGIN")).await;
    let mut statement = statements.iter();
    let mut sent = Vec::with_capacity(changes.len());
    for change in changes {
        let mut of_change = Vec::with_capacity(change.len());
        for (step, statement) in change.iter().zip(&mut statement) {
            let values = step.values.iter().map(|value| value as &(dyn ToSql + Sync));
            of_change.push((step.guard, Sent::now(client.execute_raw(statement, values)).await));
        }
        sent.push(of_change);
    }
    begin.answer().await.map_err(|error| before_the_end(&error))?;
    let mut affected = Vec::with_capacity(changes.len());
    for of_change in sent {
        let mut last = 0;
        for (guard, step) in of_change {
            last = step.answer().await.map_err(|error| before_the_end(&error))?;
            match guard {
                Guard::One(conflict) if last != 1 => {
                    return Err(Failure::Undone(conflict.into(), Remedy::None));
                }
                Guard::One(_) | Guard::Any => {}
            }
        }
        affected.push(last);
    }
    Ok(Committed { affected })
}

/// A request on its way: `tokio-postgres` sends it when its future is polled first, and answers come back in order.
struct Sent<F: Future> {
    request: Pin<Box<F>>,
    answer: Option<F::Output>,
}

impl<F: Future> Sent<F> {
    async fn now(request: F) -> Self {
        let mut request = Box::pin(request);
        let answer = poll_fn(|context| match request.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending => Poll::Ready(None),
        });
        let answer = answer.await;
        Self { request, answer }
    }

    async fn answer(self) -> F::Output {
        match self.answer {
            Some(answer) => answer,
            None => self.request.await,
        }
    }
}
