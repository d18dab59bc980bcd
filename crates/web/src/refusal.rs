//! What can be wrong with a request before any use case is asked. Each dialect says how it sounds.

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
            Self::BodyTimeout => "body_timeout",
            Self::BodyBroken => "body_broken",
            Self::CrossSite => "cross_site",
            Self::Internal => "internal",
        }
    }
}
