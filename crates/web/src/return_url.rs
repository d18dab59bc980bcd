//! Where a person may be led back to after a login, a logout or a message: `return_urls`, compared exactly.
//!
//! A wrong answer here is an open redirect. So a candidate is not mended: a spelling that a URL parser would change in
//! scheme, host, port or path is refused, because the program that follows it may change it in another way.

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::fmt;

use url::Url;

/// The longest address that is looked at, in bytes; proxies and browsers begin to give up not far beyond.
pub const MAX_BYTES: usize = 2048;

/// One address of `return_urls`: an origin, or what the addresses below a path begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnUrl {
    /// `https://app.example`, as browsers write it.
    origin: String,
    /// `/` for all of the origin.
    path: String,
}

/// The addresses that people may be led back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnUrls {
    own: String,
    allowed: Vec<ReturnUrl>,
}

impl ReturnUrl {
    /// Reads an entry of the configuration: an http or https URL, with a path or without.
    ///
    /// # Errors
    /// A sentence that says what is wrong. It does not repeat the text: that may hold credentials.
    pub fn parse(text: &str) -> Result<Self, String> {
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
        if url.query().is_some() || url.fragment().is_some() {
            return Err("the URL ends with its path: query and fragment must be absent".to_owned());
        }
        if mended.get() || !url.has_host() || text.contains('*') || !is_plain(url.path()) {
            return Err(
                "an origin or a URL is wanted, such as \"https://app.example\" or \"https://app.example/welcome\", \
                 without wildcards, dot segments and encoded slashes"
                    .to_owned(),
            );
        }
        Ok(Self { origin: url.origin().ascii_serialization(), path: url.path().to_owned() })
    }

    /// Whether a path of this origin stands at or below the entry's.
    fn covers(&self, path: &str) -> bool {
        if self.path == "/" {
            return true;
        }
        let at_or_below = match (path.strip_prefix(&self.path), self.path.ends_with('/')) {
            (Some(_), true) => true,
            (Some(rest), false) => rest.is_empty() || rest.starts_with('/'),
            (None, _) => false,
        };
        at_or_below && is_plain(path)
    }
}

/// Whether nobody behind the name can take the path for another one: by decoding it again, or by cutting parameters
/// off its segments, as servers of Java do with `/..;/`.
fn is_plain(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let decodes_further = ["%2f", "%5c", "%2e", "%25", "%00"].iter().any(|code| lower.contains(code));
    let name = |segment: &str| segment.split(';').next().unwrap_or_default().to_owned();
    let climbs = path.split('/').any(|segment| matches!(name(segment).as_str(), "." | ".."));
    !decodes_further && !climbs
}

/// As browsers write it.
impl fmt::Display for ReturnUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path == "/" { "" } else { &self.path };
        write!(f, "{}{path}", self.origin)
    }
}

impl ReturnUrls {
    /// The site's own origin, as browsers write it, and the entries of the configuration.
    #[must_use]
    pub fn new(own: &str, allowed: Vec<ReturnUrl>) -> Self {
        Self { own: own.to_owned(), allowed }
    }

    /// Whether a person may be led to this address: absolute, written as a browser writes it, and of the site's own
    /// origin or of an entry's, there at or below the entry's path.
    ///
    /// Query and fragment may hold any visible ASCII character but a backslash; they choose no other place.
    #[must_use]
    pub fn allows(&self, url: &str) -> bool {
        let visible = url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !visible || url.len() > MAX_BYTES {
            return false;
        }
        let Some(parsed) = as_written(url) else { return false };
        let origin = parsed.origin().ascii_serialization();
        origin == self.own
            || self.allowed.iter().any(|entry| entry.origin == origin && entry.covers(parsed.path()))
    }

    /// Where a browser that asks for this place is led: a path of this site, or an address that the configuration
    /// allows. `None`: nowhere.
    #[must_use]
    pub fn place(&self, text: &str) -> Option<String> {
        let url = match text.strip_prefix('/') {
            // Read on its own it would name another host.
            Some(rest) if rest.starts_with('/') => return None,
            Some(_) => format!("{}{text}", self.own),
            None => text.to_owned(),
        };
        self.allows(&url).then_some(url)
    }
}

/// The URL without its query and fragment, when the parser finds nothing to change in it.
fn as_written(text: &str) -> Option<Url> {
    let place = text.split(['?', '#']).next().unwrap_or_default();
    let url = Url::parse(place).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && !place.contains('@')
        && url.username().is_empty()
        && url.password().is_none();
    // `https://app.example` is the one spelling that has a second one: an empty path is `/`.
    let same = url.as_str() == place || url.as_str().strip_suffix('/') == Some(place) && url.path() == "/";
    (plain && same).then_some(url)
}
