//! What the server or the way to it is at fault with: said without any of a row's contents, and whether trying again
//! may help.

use std::error::Error as _;

use identity::ports::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::constraints;

/// The server's message with its code. Its details are left out: they quote rows, and so hashes and digests.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Fault(String);

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        Self(match (error.as_db_error(), error.source()) {
            (Some(told), _) => format!("{} (SQLSTATE {})", told.message(), told.code().code()),
            (None, Some(cause)) => format!("{error}: {cause}"),
            (None, None) => error.to_string(),
        })
    }
}

pub(super) fn unavailable(error: &Error) -> StoreError {
    StoreError::Unavailable(Box::new(Fault::from(error)))
}

pub(super) fn too_slow() -> StoreError {
    StoreError::Unavailable("PostgreSQL did not answer in time".into())
}

/// What a statement that the server refused means: a conflict where its constraint has a name for one.
pub(super) fn refused(error: &Error) -> StoreError {
    let told = error.as_db_error().filter(|told| *told.code() == SqlState::UNIQUE_VIOLATION);
    match told.and_then(|told| constraints::from_postgres(told.constraint()?)) {
        Some(conflict) => conflict.into(),
        None => unavailable(error),
    }
}

/// What to do about a failure before anything could have been kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing: it would fail again.
    None,
    /// The same once more: another transaction was in the way, and the server undid this one.
    Again,
    /// The same on another connection: this one is gone, or not what it was.
    Reconnect,
}

pub(super) fn remedy(error: &Error) -> Remedy {
    let Some(code) = error.code() else {
        // A value that the statement does not take never left this process.
        let ours = error.source().is_some_and(|cause| cause.is::<tokio_postgres::types::WrongType>());
        return if ours { Remedy::None } else { Remedy::Reconnect };
    };
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Remedy::Again,
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        // It became a standby, or is on its way back from being one.
        | SqlState::READ_ONLY_SQL_TRANSACTION
        // A statement was prepared before a later program changed a table, or a proxy swapped the server.
        | SqlState::FEATURE_NOT_SUPPORTED
        | SqlState::INVALID_SQL_STATEMENT_NAME
        | SqlState::DUPLICATE_PSTATEMENT => Remedy::Reconnect,
        _ => Remedy::None,
    }
}
