//! What can be wrong with a request before any use case is asked. Each dialect says how it sounds.

use identity::Rule;
use identity::error::Facts;

/// A request that is refused at the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No such path.
    NotFound,
    /// The path knows other methods only.
    MethodNotAllowed {
        /// The one that was used.
        method: String,
        /// The ones there are, as the `Allow` header lists them.
        allow: &'static str,
    },
    /// The body is longer than `[limits] body_bytes`.
    BodyTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The request target is longer than `[limits] target_bytes`.
    TargetTooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The head is larger than `[limits] header_bytes`, or has more than `header_fields`.
    HeadTooLarge {
        /// The limit of the whole, in bytes.
        bytes: usize,
        /// The limit of fields.
        fields: usize,
    },
    /// Too much stands inside each other in a body in JSON (`[limits] json_depth`).
    JsonTooDeep {
        /// The limit, in arrays and objects.
        limit: usize,
    },
    /// The answer took longer than `[limits] request_timeout`.
    RequestTimeout,
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body broke off.
    BodyBroken,
    /// A page of another site tried to change something with the visitor's cookie.
    CrossSite,
    /// A fault of ours.
    Internal,
}

impl Refusal {
    /// The word for it in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::MethodNotAllowed { .. } => "method_not_allowed",
            Self::BodyTooLarge { .. } => "body_too_large",
            Self::TargetTooLong { .. } => "target_too_long",
            Self::HeadTooLarge { .. } => "head_too_large",
            Self::JsonTooDeep { .. } => "json_too_deep",
            Self::RequestTimeout => "request_timeout",
            Self::BodyTimeout => "body_timeout",
            Self::BodyBroken => "body_broken",
            Self::CrossSite => "cross_site",
            Self::Internal => "internal",
        }
    }

    /// What the operator is told of it.
    pub fn facts(&self) -> Facts {
        let (rule, seen, wanted) = match self {
            Self::NotFound => (Rule::UnknownPath, "a path where nothing is", "a path of a served door"),
            Self::MethodNotAllowed { .. } => (Rule::Method, "another method", "one that the path takes"),
            Self::BodyTooLarge { .. } => {
                (Rule::BodyTooLarge, "a longer body", "one within limits.body_bytes")
            }
            Self::TargetTooLong { .. } => {
                (Rule::TargetTooLong, "a longer path and query", "one within limits.target_bytes")
            }
            Self::HeadTooLarge { .. } => (
                Rule::HeadTooLarge,
                "a larger head, or more fields",
                "one within limits.header_bytes and limits.header_fields",
            ),
            Self::JsonTooDeep { .. } => (Rule::JsonTooDeep, "a deeper body", "one within limits.json_depth"),
            Self::RequestTimeout => {
                (Rule::RequestTimeout, "an answer that did not begin", "one within limits.request_timeout")
            }
            Self::BodyTimeout => (Rule::BodyTimeout, "a body that did not end", "all of it in time"),
            Self::BodyBroken => (Rule::BodyBroken, "a body that broke off", "all of it"),
            Self::CrossSite => (
                Rule::CrossSite,
                "a page of a foreign origin, or of one that the browser keeps to itself",
                "this site's own origin, or one of the door's allowed_origins",
            ),
            Self::Internal => (Rule::Internal, "a defect", "none"),
        };
        Facts { rule, seen, wanted }
    }
}
