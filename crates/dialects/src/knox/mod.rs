//! The token API of django-rest-knox: routes, settings and the door they open. Not the core behind it.
//!
#![doc = include_str!("README.md")]

mod caller;
mod convert;
mod error;
mod handlers;
mod routes;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use identity::{Door, Idle, Scope, SecretForm, Surface};
use web::{Dialect, Mounted, Origins, Refusal, Silence, Web, Wire};

/// The dialect.
pub const DIALECT: Dialect = Dialect {
    name: "knox",
    product: "Papermerge",
    title: "Token API of django-rest-knox, as Papermerge 2.1 speaks it",
    document: include_str!("openapi.yaml"),
    endpoints: routes::ENDPOINTS,
    silence: &[Silence::closed_under("/auth/"), Silence::closed_under("/api/auth/")],
    cookies: &[],
    announces_allow: true,
};

/// What sessions of this door look like before the configuration has its say.
pub const SURFACE: Surface = Surface {
    door: Door::new(DIALECT.name),
    form: SecretForm::Hex { prefix: String::new(), digits: 64 },
    token: None,
    idle: None,
    absolute: None,
    limit_per_user: None,
    scope: Scope::Dialect,
    asks_for_new_password: false,
    sign_up: false,
    one_per_client: false,
    organizations: false,
    own_page: false,
};

/// The `[dialects.knox]` section.
#[derive(Debug, Clone)]
pub struct Settings {
    /// As the document promises, or as the product answers.
    pub wire: Wire,
    /// How far `logoutall` reaches.
    pub scope: Scope,
    /// Origins whose pages may call this dialect.
    pub allowed_origins: Vec<String>,
    /// Hex digits of a token, the prefix not counted (`AUTH_TOKEN_CHARACTER_LENGTH`).
    pub token_length: usize,
    /// Put before every new token (`TOKEN_PREFIX`).
    pub token_prefix: String,
    /// How long a token lives (`TOKEN_TTL`).
    pub token_ttl: Option<Duration>,
    /// How many live tokens a user may have (`TOKEN_LIMIT_PER_USER`).
    pub token_limit_per_user: Option<u32>,
    /// Whether use prolongs a token (`AUTO_REFRESH`).
    pub auto_refresh: bool,
    /// How far, counted from its creation (`AUTO_REFRESH_MAX_TTL`).
    pub auto_refresh_max_ttl: Option<Duration>,
    /// By how much at least (`MIN_REFRESH_INTERVAL`).
    pub min_refresh_interval: Duration,
}

impl Settings {
    /// The sessions these settings describe: without refresh a token has an end that nothing moves, with refresh
    /// one that use moves.
    pub fn surface(&self) -> Surface {
        let idle = self
            .token_ttl
            .filter(|_| self.auto_refresh)
            .map(|life| Idle { life, step: self.min_refresh_interval });
        let absolute = if self.auto_refresh { self.auto_refresh_max_ttl } else { self.token_ttl };
        Surface {
            form: SecretForm::Hex { prefix: self.token_prefix.clone(), digits: self.token_length },
            idle,
            absolute,
            limit_per_user: self.token_limit_per_user,
            scope: self.scope,
            ..SURFACE
        }
    }
}

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Knox {
    web: Web,
    surface: Arc<Surface>,
    wire: Wire,
}

/// The dialect, ready to serve.
pub fn mount(web: &Web, settings: Settings) -> Mounted {
    let knox = Knox { web: web.clone(), surface: Arc::new(settings.surface()), wire: settings.wire };
    let wire = settings.wire;
    let origins = Origins::new(&web.site, settings.allowed_origins);
    let refuse = Arc::new(move |refusal: &Refusal, path: &str| error::refuse(wire, refusal, path));
    let express = routes::express(&knox);
    Mounted::new(&DIALECT, routes::router(knox), origins, web.limits, refuse).with_express(express)
}
