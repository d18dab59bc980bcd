//! Trieve's sessions of people who sign in with a provider, their organizations, invitations and API keys: routes,
//! settings and the door they open. Not the core behind it.
//!
#![doc = include_str!("README.md")]

mod body;
mod caller;
mod convert;
mod error;
mod handlers;
mod query;
mod routes;
mod tenant;
mod visit;
mod wire;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use identity::api_key::keys::KeySurface;
use identity::{Door, Scope, SecretForm, Surface};
use web::{CredentialCookie, Dialect, Mounted, Origins, Refusal, Silence, Web, Wire};

/// The cookie that carries a session, and before it what a browser is known by while it is at the provider.
const COOKIE: &str = "vault";

/// The dialect.
pub const DIALECT: Dialect = Dialect {
    name: "trieve",
    product: "Trieve",
    title: "Trieve's auth API: sessions by OpenID Connect, organizations, invitations and API keys",
    document: include_str!("openapi.yaml"),
    endpoints: routes::ENDPOINTS,
    silence: &[
        Silence::under("/api/auth/"),
        Silence::under("/api/user/"),
        Silence::under("/api/organization/"),
        Silence::under("/api/invitation/"),
        Silence::under("/api/invitations/"),
    ],
    cookies: &[COOKIE],
    announces_allow: false,
};

pub use self::routes::CALLBACK;

/// What sessions of this door look like before the configuration has its say.
pub const SURFACE: Surface = Surface {
    door: Door::new(DIALECT.name),
    // contracts 4.3: 64 letters and digits. The product seals them once more; a random value says nothing.
    form: SecretForm::Base36 { prefix: Cow::Borrowed(""), digits: 64 },
    token: None,
    // contracts 4.3: both deadlines are a day after the login, so that the absolute one is the only one to be met.
    idle: None,
    absolute: Some(Duration::from_hours(24)),
    limit_per_user: None,
    scope: Scope::Dialect,
    asks_for_new_password: false,
    sign_up: false,
    one_per_client: true,
    organizations: true,
    own_page: true,
};

/// What API keys of this door look like.
pub const KEYS: KeySurface = KeySurface {
    door: Door::new(DIALECT.name),
    // contracts 4.4.
    form: SecretForm::Base36 { prefix: Cow::Borrowed("tr-"), digits: 32 },
    shown_again: false,
};

/// The `[dialects.trieve]` section.
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
    /// Whom people sign in with; `None`: the only provider.
    pub provider: Option<String>,
}

impl Settings {
    /// The sessions these settings describe.
    pub fn surface(&self) -> Surface {
        Surface { absolute: Some(self.session_lifetime), scope: self.scope, ..SURFACE }
    }
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Trieve {
    web: Web,
    surface: Arc<Surface>,
    keys: Arc<KeySurface>,
    cookie: CredentialCookie,
    wire: Wire,
    session_lifetime: Duration,
    provider: Option<String>,
    /// What is registered at the provider.
    redirect_uri: Arc<str>,
}

/// The dialect, ready to serve.
pub fn mount(web: &Web, settings: Settings) -> Mounted {
    let trieve = Trieve {
        web: web.clone(),
        surface: Arc::new(settings.surface()),
        keys: Arc::new(KEYS),
        cookie: CredentialCookie::of_actix(COOKIE, &web.site),
        wire: settings.wire,
        session_lifetime: settings.session_lifetime,
        provider: settings.provider,
        redirect_uri: format!("{}{}", web.site.origin, CALLBACK).into(),
    };
    let origins = Origins::new(&web.site, settings.allowed_origins);
    let refuse = Arc::new(|refusal: &Refusal, _: &str| error::refuse(refusal));
    let express = routes::express(&trieve);
    Mounted::new(&DIALECT, routes::router(trieve), origins, web.limits, refuse).with_express(express)
}
