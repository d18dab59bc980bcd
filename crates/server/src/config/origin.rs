//! Web origins: `scheme://host[:port]` and nothing more, in the one form that browsers send.

use std::cell::Cell;
use std::fmt;

use url::Url;

/// An http or https origin, normalised: lower case, punycode, no default port (RFC 6454, section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WebOrigin {
    https: bool,
    host: String,
    port: u16,
    text: String,
}

impl WebOrigin {
    /// Reads an exact origin.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong. It does not repeat the text: that may hold credentials.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "*" || text == "null" {
            return Err(format!(
                "{text:?} is no origin: each origin is named, such as \"https://app.example\""
            ));
        }
        if text.ends_with('/') {
            return Err("an origin ends after host and port, without \"/\"".to_owned());
        }
        Self::parse_url(text)
    }

    /// Reads a URL that is an origin, with or without the closing slash.
    pub(super) fn parse_url(text: &str) -> Result<Self, String> {
        // The parser mends a good deal as browsers do (`https:host`, backslashes, line breaks). What needs
        // mending is a typing error here.
        let mended = Cell::new(false);
        let note = |_| mended.set(true);
        let parsed = Url::options().syntax_violation_callback(Some(&note)).parse(text);
        let url = parsed.map_err(|error| format!("this is no URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("the URL begins with neither http:// nor https://".to_owned());
        }
        if text.contains('@') {
            return Err("the URL holds a user name or password, and must not".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(
                "the URL goes on behind host and port: path, query and fragment must be absent".to_owned()
            );
        }
        let (Some(host), Some(port), false) = (url.host_str(), url.port_or_known_default(), mended.get())
        else {
            return Err("the URL must have the form scheme://host or scheme://host:port".to_owned());
        };
        Ok(Self {
            https: url.scheme() == "https",
            host: host.to_owned(),
            port,
            text: url.origin().ascii_serialization(),
        })
    }

    /// Whether the scheme is https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// The host: a name in ASCII, an IPv4 address, or an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also when it is the scheme's own.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The origin as browsers write it in `Origin`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
