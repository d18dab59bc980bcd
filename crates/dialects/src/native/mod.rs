//! Vestibule's own API, which knows no product to imitate: what people do with their account, for programs. Routes,
//! settings and the door they open. Not the core behind it.
//!
#![doc = include_str!("README.md")]

mod caller;
mod carriers;
mod convert;
#[cfg(test)]
mod document;
mod error;
mod handlers;
mod new_key;
mod routes;
mod visit;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use identity::api_key::keys::KeySurface;
use identity::{Door, Idle, Scope, SecretForm, Surface};
use web::{CredentialCookie, Dialect, Mounted, Origins, Refusal, Silence, Site, Web};

pub use new_key::{LONGEST_NAME, MOST_DAYS, NewKeyFault};

pub use self::routes::CALLBACK;

/// The cookie that carries a session, where the site is reached by https (ASVS 3.3.1, 3.3.3).
const COOKIE: &str = "__Host-vestibule";
/// The same where it is not: a browser takes no cookie with that prefix then.
const PLAIN_COOKIE: &str = "vestibule";
/// What a browser is known by while it is at a provider.
const FLOW_COOKIE: &str = "__Host-vestibule-login";
/// The same without https.
const PLAIN_FLOW_COOKIE: &str = "vestibule-login";

/// The dialect.
pub const DIALECT: Dialect = Dialect {
    name: "native",
    product: "Vestibule",
    title: "Vestibule's own API, version 1",
    document: include_str!("openapi.json"),
    endpoints: routes::ENDPOINTS,
    silence: &[Silence::under("/id/")],
    cookies: &[COOKIE, PLAIN_COOKIE],
    announces_allow: false,
};

/// What sessions of this door look like before the configuration has its say.
pub const SURFACE: Surface = Surface {
    door: Door::new(DIALECT.name),
    // 256 bits.
    form: SecretForm::Hex { prefix: String::new(), digits: 64 },
    token: None,
    idle: Some(Idle { life: Duration::from_hours(7 * 24), step: LONGEST_STEP }),
    // NIST SP 800-63B-4, 2.1.3: not longer with one factor.
    absolute: Some(Duration::from_hours(30 * 24)),
    limit_per_user: None,
    // It is about the account, by whatever door.
    scope: Scope::Account,
    asks_for_new_password: true,
    sign_up: false,
    one_per_client: true,
    organizations: false,
    own_page: false,
};

/// The idle end moves by a tenth of the idle life, and by no more than this, each time.
const LONGEST_STEP: Duration = Duration::from_mins(10);

/// What API keys of this door look like: they say whose they are, to people and to programs that look for leaked ones.
pub fn keys() -> KeySurface {
    let form = SecretForm::Hex { prefix: "vst_".to_owned(), digits: 64 };
    KeySurface { door: SURFACE.door, form, shown_again: false }
}

/// A door of this house, as far as people are told of it.
#[derive(Debug, Clone)]
pub struct HouseDoor {
    /// Its dialect's name.
    pub name: &'static str,
    /// What people know it by.
    pub product: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What its API keys look like; `None`: it has none, or is not served.
    pub keys: Option<KeySurface>,
}

/// The `[dialects.native]` section, and what it must know of the others.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Origins whose pages may call this dialect.
    pub allowed_origins: Vec<String>,
    /// How long a session lives without being used.
    pub session_idle: Duration,
    /// How long it lives at most, counted from the login.
    pub session_lifetime: Duration,
    /// Every door there is, this one among them.
    pub doors: Vec<HouseDoor>,
}

impl Settings {
    /// The sessions these settings describe.
    pub fn surface(&self) -> Surface {
        let step = LONGEST_STEP.min(self.session_idle / 10);
        let idle = Some(Idle { life: self.session_idle, step });
        Surface { idle, absolute: Some(self.session_lifetime), ..SURFACE }
    }
}

/// What the handlers share, and the pages of the same house that stand at this door.
#[derive(Clone)]
pub struct Native {
    web: Web,
    surface: Arc<Surface>,
    doors: Arc<[HouseDoor]>,
    cookie: CredentialCookie,
    /// Knows a browser again that comes back from a provider.
    flow_cookie: CredentialCookie,
    origins: Arc<Origins>,
}

impl Native {
    /// The door with these settings.
    pub fn new(web: &Web, settings: Settings) -> Self {
        Self {
            web: web.clone(),
            surface: Arc::new(settings.surface()),
            doors: settings.doors.into(),
            cookie: cookie(&web.site, COOKIE, PLAIN_COOKIE),
            flow_cookie: cookie(&web.site, FLOW_COOKIE, PLAIN_FLOW_COOKIE),
            origins: Arc::new(Origins::new(&web.site, settings.allowed_origins)),
        }
    }
}

/// The dialect, ready to serve.
pub fn mount(web: &Web, settings: Settings) -> Mounted {
    let native = Native::new(web, settings);
    let origins = (*native.origins).clone();
    let refuse = Arc::new(|refusal: &Refusal, _: &str| error::refuse(refusal));
    let express = routes::express(&native);
    Mounted::new(&DIALECT, routes::router(native), origins, web.limits, refuse).with_express(express)
}

/// `SameSite=Lax`: a strict one would not come back with the browser from a provider.
fn cookie(site: &Site, prefixed: &'static str, plain: &'static str) -> CredentialCookie {
    CredentialCookie::of_servlet(if site.secure { prefixed } else { plain }, site)
}
