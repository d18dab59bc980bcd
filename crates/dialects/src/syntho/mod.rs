//! Syntho's sessions with a cookie: routes, settings and the door they open. Not the core behind it.
//!
#![doc = include_str!("README.md")]

mod caller;
mod convert;
mod error;
mod handlers;
mod routes;
mod wire;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use identity::{Door, Scope, SecretForm, Surface};
use web::{CredentialCookie, Dialect, Mounted, Origins, Refusal, Silence, Web, Wire};

/// The cookie that carries a session.
const COOKIE: &str = "sessionid";
/// The cookie of a login under way at a provider. The product keeps that in `sessionid`, where it would be a stale
/// session to a login with a password (contracts, decision 8).
const FLOW_COOKIE: &str = "oidc_login";

/// The dialect.
pub const DIALECT: Dialect = Dialect {
    name: "syntho",
    product: "Syntho",
    title: "Auth and Users of Syntho's API, version 1",
    document: include_str!("openapi.yaml"),
    endpoints: routes::ENDPOINTS,
    silence: &[Silence::under("/api/v1/")],
    cookies: &[COOKIE],
    announces_allow: true,
};

pub use self::routes::CALLBACK;

/// What sessions of this door look like before the configuration has its say.
pub const SURFACE: Surface = Surface {
    door: Door::new(DIALECT.name),
    // contracts 1.2: 32 characters of [a-z0-9], 165 bits.
    form: SecretForm::Base36 { prefix: Cow::Borrowed(""), digits: 32 },
    token: None,
    idle: None,
    absolute: Some(Duration::from_hours(14 * 24)),
    limit_per_user: None,
    scope: Scope::Dialect,
    asks_for_new_password: true,
    sign_up: false,
    one_per_client: true,
    organizations: false,
    own_page: true,
};

/// The `[dialects.syntho]` section.
#[derive(Debug, Clone)]
pub struct Settings {
    /// As the document promises, or as the product answers.
    pub wire: Wire,
    /// How far calls that end all sessions reach; the product has none.
    pub scope: Scope,
    /// Origins whose pages may call this dialect.
    pub allowed_origins: Vec<String>,
    /// How long a session lives, counted from the login.
    pub session_lifetime: Duration,
}

impl Settings {
    /// The sessions these settings describe.
    pub fn surface(&self) -> Surface {
        Surface { absolute: Some(self.session_lifetime), scope: self.scope, ..SURFACE }
    }
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Syntho {
    web: Web,
    surface: Arc<Surface>,
    cookie: CredentialCookie,
    /// Knows a browser again that comes back from a provider.
    flow_cookie: CredentialCookie,
    wire: Wire,
}

/// The dialect, ready to serve.
pub fn mount(web: &Web, settings: Settings) -> Mounted {
    let syntho = Syntho {
        web: web.clone(),
        surface: Arc::new(settings.surface()),
        cookie: CredentialCookie::new(COOKIE, &web.site),
        flow_cookie: CredentialCookie::new(FLOW_COOKIE, &web.site),
        wire: settings.wire,
    };
    let origins = Origins::new(&web.site, settings.allowed_origins);
    let refuse = Arc::new(|refusal: &Refusal, _: &str| error::refuse(refusal));
    let express = routes::express(&syntho);
    Mounted::new(&DIALECT, routes::router(syntho), origins, web.limits, refuse).with_express(express)
}
