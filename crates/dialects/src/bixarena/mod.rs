//! BixArena's sessions of people who sign in with a provider, and its tokens for other services: routes, settings and
//! the door they open. Not the core behind it.
//!
#![doc = include_str!("README.md")]

mod caller;
mod convert;
mod error;
mod handlers;
mod routes;
mod visit;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use identity::keyring::KeyUse;
use identity::{Door, Idle, InternalTokenForm, Scope, SecretForm, SubjectForm, Surface};
use web::{CredentialCookie, Dialect, Mounted, Origins, Refusal, Silence, Web, Wire};

/// The cookie that carries a session, and before it what a browser is known by while it is at the provider.
const COOKIE: &str = "JSESSIONID";

/// The dialect.
pub const DIALECT: Dialect = Dialect {
    name: "bixarena",
    product: "BixArena",
    title: "BixArena's auth API: sessions by OpenID Connect, and internal tokens",
    document: include_str!("openapi.yaml"),
    endpoints: routes::ENDPOINTS,
    silence: &[Silence::under("/v1/"), Silence::under("/auth/")],
    cookies: &[COOKIE],
    announces_allow: false,
};

pub use self::routes::CALLBACK;

/// What sessions of this door look like before the configuration has its say.
pub const SURFACE: Surface = Surface {
    door: Door::new(DIALECT.name),
    // contracts 5.1: 32 upper-case digits, 128 bits.
    form: SecretForm::UpperHex { digits: 32 },
    token: None,
    // contracts 5.4: half an hour.
    idle: Some(Idle { life: Duration::from_mins(30), step: LONGEST_STEP }),
    // The product has no such end; ASVS 7.3.2 asks for one.
    absolute: Some(Duration::from_hours(30 * 24)),
    limit_per_user: None,
    scope: Scope::Dialect,
    asks_for_new_password: false,
    sign_up: false,
    one_per_client: true,
    organizations: false,
    own_page: true,
};

/// The idle end moves by a tenth of the idle life, and by no more than this, each time.
const LONGEST_STEP: Duration = Duration::from_mins(1);

/// contracts 5.5: how long the token of a service lives.
const SERVICE_TOKEN: Duration = Duration::from_mins(5);

/// The `[dialects.bixarena]` section.
#[derive(Debug, Clone)]
pub struct Settings {
    /// As the document promises, or as the product answers.
    pub wire: Wire,
    /// How far calls that end all sessions reach; the product has none.
    pub scope: Scope,
    /// Origins whose pages may call this dialect.
    pub allowed_origins: Vec<String>,
    /// How long a session lives without being used.
    pub session_idle: Duration,
    /// How long the token of a session lives.
    pub token_ttl: Duration,
    /// The `iss` of every token.
    pub issuer: String,
    /// The `aud` of a token for which nobody asks for another one.
    pub audience: String,
    /// The `sub` of a session's token.
    pub subject: SubjectForm,
    /// Whom people sign in with; `None`: the only provider.
    pub provider: Option<String>,
    /// Where a browser is led after a login: an absolute URL.
    pub ui_url: String,
}

impl Settings {
    /// The sessions these settings describe.
    pub fn surface(&self) -> Surface {
        let step = LONGEST_STEP.min(self.session_idle / 10);
        Surface { idle: Some(Idle { life: self.session_idle, step }), scope: self.scope, ..SURFACE }
    }

    fn tokens(&self) -> InternalTokenForm {
        InternalTokenForm {
            key_use: KeyUse::BixArena,
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            subject: self.subject,
            life: self.token_ttl,
            service_life: SERVICE_TOKEN,
        }
    }
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct BixArena {
    web: Web,
    surface: Arc<Surface>,
    tokens: Arc<InternalTokenForm>,
    cookie: CredentialCookie,
    wire: Wire,
    provider: Option<String>,
    /// What is registered at the provider, whichever path a login began at.
    redirect_uri: Arc<str>,
    ui_url: Arc<str>,
}

/// The dialect, ready to serve.
pub fn mount(web: &Web, settings: Settings) -> Mounted {
    let arena = BixArena {
        web: web.clone(),
        surface: Arc::new(settings.surface()),
        tokens: Arc::new(settings.tokens()),
        cookie: CredentialCookie::of_servlet(COOKIE, &web.site),
        wire: settings.wire,
        provider: settings.provider,
        redirect_uri: format!("{}{}", web.site.origin, CALLBACK).into(),
        ui_url: settings.ui_url.into(),
    };
    let origins = Origins::new(&web.site, settings.allowed_origins);
    let refuse = Arc::new(|refusal: &Refusal, path: &str| error::refuse(refusal, path));
    let express = routes::express(&arena);
    Mounted::new(&DIALECT, routes::router(arena), origins, web.limits, refuse).with_express(express)
}
