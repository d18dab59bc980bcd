//! A dialect, as data: what it is called, what it answers at, and for which paths its silence is its own.
//!
//! Everything that must know all dialects (router, listing, documents, coverage tests) is derived from such values.

/// One wire-compatible API surface.
#[derive(Debug)]
pub struct Dialect {
    /// Its name in the configuration, in the ledger and on the command line.
    pub name: &'static str,
    /// What people call the product that speaks it.
    pub product: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// Its OpenAPI document, as YAML.
    pub document: &'static str,
    /// Every route, with its full path.
    pub endpoints: &'static [Endpoint],
    /// The paths whose 404 is answered in its shape.
    pub silence: &'static [Silence],
    /// The cookies it reads; a state change that carries one is checked for its origin.
    pub cookies: &'static [&'static str],
    /// Whether every answer of a route lists its methods in `Allow`, as Django REST Framework's do.
    pub announces_allow: bool,
}

/// Which of two promises a dialect keeps where its document and the product differ (`wire` of its configuration
/// section).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    /// The document's.
    Documented,
    /// The product's.
    Deployed,
}

/// One route.
#[derive(Debug)]
pub struct Endpoint {
    /// The full path, as the router spells it.
    pub path: &'static str,
    /// Its methods as the `Allow` header lists them: `POST, OPTIONS`.
    pub allow: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
}

/// Paths under which an unknown one is refused in a dialect's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// How such a path begins; with its closing slash.
    pub prefix: &'static str,
    /// Whether only paths that end in a slash are meant.
    pub closing_slash: bool,
}

impl Silence {
    /// `{prefix}**`
    pub const fn under(prefix: &'static str) -> Self {
        Self { prefix, closing_slash: false }
    }

    /// `{prefix}**/`
    pub const fn closed_under(prefix: &'static str) -> Self {
        Self { prefix, closing_slash: true }
    }

    /// Whether this path is meant.
    pub fn covers(self, path: &str) -> bool {
        path.starts_with(self.prefix) && (!self.closing_slash || path.ends_with('/'))
    }

    /// How narrow it is: of two that cover a path, the greater one answers.
    pub fn rank(self) -> (usize, bool) {
        (self.prefix.len(), self.closing_slash)
    }
}
