//! What went wrong, attached to the response and written to the log once, from the outside.

use axum::response::Response;
use identity::error::Facts;
use identity::user::UserNumber;
use identity::{Blame, Error};

use crate::Refusal;

/// An error as the request log tells it.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The kind's name.
    pub kind: &'static str,
    /// Whose fault it is.
    pub blame: Blame,
    /// The operator's facts.
    pub facts: Facts,
    /// The chain of causes, outermost first; empty when there is none.
    pub cause: String,
}

/// Whose request it was, for the log.
#[derive(Debug, Clone, Copy)]
pub struct Subject(pub UserNumber);

impl From<&Error> for Fault {
    fn from(error: &Error) -> Self {
        let mut cause = String::new();
        let mut next = std::error::Error::source(error);
        while let Some(source) = next {
            if !cause.is_empty() {
                cause.push_str(": ");
            }
            cause.push_str(&source.to_string());
            next = source.source();
        }
        Self { kind: error.kind().name(), blame: error.kind().blame(), facts: error.facts(), cause }
    }
}

impl From<&Refusal> for Fault {
    fn from(refusal: &Refusal) -> Self {
        let blame = if *refusal == Refusal::Internal { Blame::Us } else { Blame::Caller };
        Self { kind: refusal.name(), blame, facts: Facts::default(), cause: String::new() }
    }
}

impl Fault {
    /// A fault of the request's spelling, by name.
    pub fn of_wire(kind: &'static str) -> Self {
        Self { kind, blame: Blame::Caller, facts: Facts::default(), cause: String::new() }
    }

    /// The response with this fault attached for the log.
    #[must_use]
    pub fn on(self, mut response: Response) -> Response {
        response.extensions_mut().insert(self);
        response
    }
}

/// The response with the user it concerns attached for the log.
#[must_use]
pub fn concerning(user: UserNumber, mut response: Response) -> Response {
    response.extensions_mut().insert(Subject(user));
    response
}
