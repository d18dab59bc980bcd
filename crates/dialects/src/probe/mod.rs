//! Probe.dev's sessions with JWTs and API tokens: routes, settings and the door they open. Not the core behind it.
//!
#![doc = include_str!("README.md")]

mod caller;
mod convert;
mod error;
mod handlers;
mod routes;
mod schema;
mod visit;
mod wire;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use identity::api_key::keys::KeySurface;
use identity::keyring::KeyUse;
use identity::{Door, Scope, SecretForm, Surface, TokenForm};
use web::{CredentialCookie, Dialect, Mounted, Origins, Refusal, Silence, Site, Web, Wire};

/// The cookie that carries a JWT.
const COOKIE: &str = "jwt";

/// The dialect.
pub const DIALECT: Dialect = Dialect {
    name: "probe",
    product: "Probe",
    title: "Auth and User of Probe.dev's front-end API, version 1",
    document: include_str!("openapi.yaml"),
    endpoints: routes::ENDPOINTS,
    silence: &[Silence::under("/frontend/")],
    cookies: &[COOKIE],
    announces_allow: false,
};

/// What sessions of this door look like before the configuration has its say. What they are signed with depends on where
/// the server is found.
pub const SURFACE: Surface = Surface {
    door: Door::new(DIALECT.name),
    // What a token carries to name its session; the token itself is signed.
    form: SecretForm::Hex { prefix: String::new(), digits: 32 },
    token: None,
    idle: None,
    // contracts 3.3: two weeks.
    absolute: Some(Duration::from_hours(14 * 24)),
    limit_per_user: None,
    scope: Scope::Dialect,
    asks_for_new_password: false,
    sign_up: false,
    one_per_client: false,
    organizations: false,
    own_page: false,
};

/// What API tokens of this door look like.
pub const KEYS: KeySurface = KeySurface {
    door: Door::new(DIALECT.name),
    // contracts 3.3: 64 characters, 330 bits.
    form: SecretForm::Base36 { prefix: Cow::Borrowed(""), digits: 64 },
    shown_again: true,
};

/// The `[dialects.probe]` section.
#[derive(Debug, Clone)]
pub struct Settings {
    /// As the document promises, or as the product answers; here both are one.
    pub wire: Wire,
    /// How far calls that list or end all sessions reach.
    pub scope: Scope,
    /// Origins whose pages may call this dialect.
    pub allowed_origins: Vec<String>,
    /// How long a session lives, counted from the login, with `long-term-token`.
    pub long_term: Duration,
    /// How long it lives without.
    pub short_term: Duration,
    /// Whether people may make an account for themselves.
    pub sign_up: bool,
}

impl Settings {
    /// The sessions these settings describe, at this site, that live so long.
    pub fn surface(&self, site: &Site, life: Duration) -> Surface {
        let token = TokenForm {
            key_use: KeyUse::Probe,
            issuer: site.origin.clone(),
            audience: DIALECT.name.to_owned(),
        };
        Surface {
            token: Some(token),
            absolute: Some(life),
            scope: self.scope,
            sign_up: self.sign_up,
            ..SURFACE
        }
    }
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Probe {
    web: Web,
    long_term: Arc<Surface>,
    short_term: Arc<Surface>,
    keys: Arc<KeySurface>,
    cookie: CredentialCookie,
    origins: Arc<Origins>,
}

impl Probe {
    /// The sessions of a login that asks for a long one, or does not.
    fn surface(&self, long_term: bool) -> &Surface {
        if long_term { &self.long_term } else { &self.short_term }
    }
}

/// The dialect, ready to serve.
pub fn mount(web: &Web, settings: Settings) -> Mounted {
    let [long_term, short_term] =
        [settings.long_term, settings.short_term].map(|life| Arc::new(settings.surface(&web.site, life)));
    let origins = Origins::new(&web.site, settings.allowed_origins);
    let probe = Probe {
        web: web.clone(),
        long_term,
        short_term,
        keys: Arc::new(KEYS),
        cookie: CredentialCookie::new(COOKIE, &web.site),
        origins: Arc::new(origins.clone()),
    };
    let refuse = Arc::new(|refusal: &Refusal, _: &str| error::refuse(refusal));
    let express = routes::express(&probe);
    Mounted::new(&DIALECT, routes::router(probe), origins, web.limits, refuse).with_express(express)
}
