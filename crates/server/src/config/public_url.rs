//! The address under which people and clients reach the server. It decides links, redirect URIs and whether
//! cookies are `Secure`; nothing of a request ever does.

use std::fmt;

use super::WebOrigin;

/// The public address: an origin, since the dialects own their paths from the root on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(WebOrigin);

impl PublicUrl {
    /// Reads an http or https URL without a path beyond `/`.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong, without the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        WebOrigin::parse_url(text).map(Self)
    }

    /// The origin: what a same-origin request carries in `Origin`.
    #[must_use]
    pub fn origin(&self) -> &WebOrigin {
        &self.0
    }

    /// Whether the scheme is https, and cookies therefore `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.is_https()
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        self.0.scheme()
    }

    /// The host: a name in ASCII, an IPv4 address, or an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host()
    }

    /// The port, also when it is the scheme's own.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port()
    }
}

impl fmt::Display for PublicUrl {
    /// Without a closing slash, so that a path can be put behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
