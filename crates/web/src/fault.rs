//! What went wrong, attached to the response and written to the log once, from the outside.

use axum::http::StatusCode;
use axum::response::Response;
use identity::error::{Facts, Observed};
use identity::user::UserNumber;
use identity::{Blame, Error, Rule};

use crate::{Refusal, drf};

/// An error as the request log tells it.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The kind's name.
    pub kind: &'static str,
    /// Whose fault it is.
    pub blame: Blame,
    /// The operator's facts.
    pub facts: Facts,
    /// What really came, where it is told.
    pub observed: Option<Observed>,
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
        let (kind, observed) = (error.kind(), error.observed().cloned());
        Self { kind: kind.name(), blame: kind.blame(), facts: error.facts(), observed, cause }
    }
}

impl From<&Refusal> for Fault {
    fn from(refusal: &Refusal) -> Self {
        let of_service = *refusal == Refusal::RequestTimeout;
        let at_all = if of_service { Blame::Service } else { Blame::Caller };
        let blame = if *refusal == Refusal::Internal { Blame::Us } else { at_all };
        Self { blame, ..Self::of_wire(refusal.name(), refusal.facts()) }
    }
}

impl Fault {
    /// A fault of the request's spelling, by name.
    pub fn of_wire(kind: &'static str, facts: Facts) -> Self {
        Self { kind, blame: Blame::Caller, facts, observed: None, cause: String::new() }
    }

    /// A body, a parameter or a header is not what the route takes.
    pub fn malformed(kind: &'static str) -> Self {
        let (seen, wanted) = ("what this route does not take", "what the door's document says");
        Self::of_wire(kind, Facts { rule: Rule::BodyMalformed, seen, wanted })
    }

    /// The body is of a type that the route does not read.
    pub fn media_type(kind: &'static str) -> Self {
        let (seen, wanted) = ("another Content-Type, or none", "one that the door's document names");
        Self::of_wire(kind, Facts { rule: Rule::MediaType, seen, wanted })
    }

    /// A body that Django REST Framework's manners do not read.
    pub fn unread(kind: &'static str, refusal: &drf::parser::Refusal) -> Self {
        if refusal.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            Self::media_type(kind)
        } else {
            Self::malformed(kind)
        }
    }

    /// The credential is not spelt as the door wants it.
    pub fn misspelt_credential(kind: &'static str) -> Self {
        let (seen, wanted) =
            ("a header for credentials that cannot be read", "scheme and token, one blank between");
        Self::of_wire(kind, Facts { rule: Rule::CredentialMalformed, seen, wanted })
    }

    /// The client accepts nothing that the route answers with.
    pub fn not_acceptable(kind: &'static str) -> Self {
        let (seen, wanted) =
            ("no type that this route answers with", "application/json among those accepted");
        Self::of_wire(kind, Facts { rule: Rule::NotAcceptable, seen, wanted })
    }

    /// Nobody is led to this address.
    pub fn return_url(kind: &'static str, url: &str) -> Self {
        let (seen, wanted) = ("an address that is not allowed", "one of this site, or of return_urls");
        let facts = Facts { rule: Rule::ReturnUrl, seen, wanted };
        Self { observed: Some(Observed::url(url)), ..Self::of_wire(kind, facts) }
    }

    /// An answer that says no where no place of ours said why: the framework's own refusals.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.is_server_error() {
            true => Self { blame: Blame::Us, ..Self::from(&Refusal::Internal) },
            false => Self::malformed("request_malformed"),
        }
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
