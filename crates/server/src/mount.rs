//! The list of dialects, and the router made from it.
//!
//! Routers are merged at the root, because their paths interleave. What no route answers is answered by the
//! dialect whose silence covers the path most narrowly.

use std::sync::Arc;

use anyhow::bail;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use dialects::native::Native;
use dialects::{bixarena, knox, native, probe, syntho, trieve};
use identity::Surface;
use identity::api_key::keys::KeySurface;
use web::{Context, Dialect, Fault, Lanes, Limits, Mounted, Refusal, Site, Web, limits, trace};

use crate::config::{self, Config};
use crate::doctor::Answers;
use crate::pages::{self, Pages};
use crate::served::Served;
use crate::{documents, operation};

/// Every dialect there is, with how its configuration section mounts it.
pub const DIALECTS: &[Entry] = &[
    Entry {
        dialect: &knox::DIALECT,
        callback: None,
        is_enabled: |config| config.dialects.knox.enabled,
        wire: |config| config.dialects.knox.wire,
        keys: || None,
        surface: |config| knox_settings(&config.dialects.knox).surface(),
        allowed_origins: |config| origins(&config.dialects.knox.allowed_origins),
        mount: |config, web| knox::mount(web, knox_settings(&config.dialects.knox)),
    },
    Entry {
        dialect: &syntho::DIALECT,
        callback: Some(syntho::CALLBACK),
        is_enabled: |config| config.dialects.syntho.enabled,
        wire: |config| config.dialects.syntho.wire,
        keys: || None,
        surface: |config| syntho_settings(&config.dialects.syntho).surface(),
        allowed_origins: |config| origins(&config.dialects.syntho.allowed_origins),
        mount: |config, web| syntho::mount(web, syntho_settings(&config.dialects.syntho)),
    },
    Entry {
        dialect: &probe::DIALECT,
        callback: None,
        is_enabled: |config| config.dialects.probe.enabled,
        wire: |config| config.dialects.probe.wire,
        keys: || Some(probe::KEYS),
        surface: |config| {
            let settings = probe_settings(&config.dialects.probe);
            settings.surface(&site(config), settings.long_term)
        },
        allowed_origins: |config| origins(&config.dialects.probe.allowed_origins),
        mount: |config, web| probe::mount(web, probe_settings(&config.dialects.probe)),
    },
    Entry {
        dialect: &bixarena::DIALECT,
        callback: Some(bixarena::CALLBACK),
        is_enabled: |config| config.dialects.bixarena.enabled,
        wire: |config| config.dialects.bixarena.wire,
        keys: || None,
        surface: |config| bixarena_settings(&config.dialects.bixarena).surface(),
        allowed_origins: |config| origins(&config.dialects.bixarena.allowed_origins),
        mount: |config, web| bixarena::mount(web, bixarena_settings(&config.dialects.bixarena)),
    },
    Entry {
        dialect: &trieve::DIALECT,
        callback: Some(trieve::CALLBACK),
        is_enabled: |config| config.dialects.trieve.enabled,
        wire: |config| config.dialects.trieve.wire,
        keys: || Some(trieve::KEYS),
        surface: |config| trieve_settings(&config.dialects.trieve).surface(),
        allowed_origins: |config| origins(&config.dialects.trieve.allowed_origins),
        mount: |config, web| trieve::mount(web, trieve_settings(&config.dialects.trieve)),
    },
    Entry {
        dialect: &native::DIALECT,
        callback: Some(native::CALLBACK),
        is_enabled: |config| config.dialects.native.enabled,
        // There is no product to differ from.
        wire: |_| config::Wire::Documented,
        keys: || Some(native::keys()),
        surface: |config| native_settings(config).surface(),
        allowed_origins: |config| origins(&config.dialects.native.allowed_origins),
        mount: |config, web| native::mount(web, native_settings(config)),
    },
];

/// One dialect in the list.
pub struct Entry {
    /// What it is.
    pub dialect: &'static Dialect,
    /// Where providers send people back to, who signed in for it; `None`: it sends nobody there.
    pub callback: Option<&'static str>,
    /// Whether the configuration serves it.
    pub is_enabled: fn(&Config) -> bool,
    /// Which promise it keeps.
    pub wire: fn(&Config) -> config::Wire,
    /// What its API keys look like; `None`: it has none.
    pub keys: fn() -> Option<KeySurface>,
    /// What its sessions look like, the longest where there are several kinds.
    pub surface: fn(&Config) -> Surface,
    /// The origins whose pages may call it, besides the own one.
    pub allowed_origins: fn(&Config) -> Vec<String>,
    mount: fn(&Config, &Web) -> Mounted,
}

/// Everything that is served.
///
/// # Errors
/// When two dialects claim one route or one silence; the sentence names both.
pub fn served(config: &Config, web: &Web) -> anyhow::Result<Served> {
    let mut served: Vec<Mounted> = DIALECTS
        .iter()
        .filter(|entry| (entry.is_enabled)(config))
        .map(|entry| (entry.mount)(config, web))
        .collect();
    let dialects: Vec<&'static Dialect> = served.iter().map(|mounted| mounted.dialect).collect();
    refuse_overlaps(&dialects)?;
    let people = config.dialects.native.enabled.then(|| Native::new(web, native_settings(config)));
    let pages = Pages::new(config, web, &dialects, people);
    let mut router = Router::new()
        .merge(operation::routes(web))
        .merge(pages::routes(&pages))
        .merge(documents::routes(&dialects))
        .layer(from_fn_with_state(web.limits, bounded));
    // What is kept for refusals keeps no second copy of the routes.
    for mounted in &mut served {
        router = router.merge(std::mem::take(&mut mounted.router));
    }
    let lanes = Lanes::new(web, &served);
    let served = Arc::new(served);
    let identity = web.identity.clone();
    let limits = web.limits;
    let doctor = Answers::new(config, move |data| identity.doctor_mark(data));
    let router = router
        .fallback(move |context: Context, request: Request| {
            let (served, pages, doctor) = (Arc::clone(&served), pages.clone(), doctor.clone());
            async move {
                let refusal = limits.refusal(&request).unwrap_or(Refusal::NotFound);
                let answer = doctor.to(context.now, &request);
                answer.unwrap_or_else(|| silence(&served, &pages, context, &request, &refusal))
            }
        })
        .layer(from_fn_with_state(web.clone(), trace::layer))
        .layer(from_fn_with_state(limits, limits::close_when_unsure));
    Ok(Served::new(lanes, router))
}

/// Bounds what belongs to no dialect.
async fn bounded(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    match limits.refusal(&request) {
        Some(refusal) => plain(&refusal),
        None => limits.in_time(next.run(request)).await.unwrap_or_else(|refusal| plain(&refusal)),
    }
}

/// A refusal in no dialect's words.
fn plain(refusal: &Refusal) -> Response {
    let (status, text) = match refusal {
        Refusal::TargetTooLong { .. } => (StatusCode::URI_TOO_LONG, "The path and query are too long\n"),
        Refusal::HeadTooLarge { .. } => {
            (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The header is too large\n")
        }
        Refusal::RequestTimeout => {
            (StatusCode::SERVICE_UNAVAILABLE, "The answer took too long. Try again.\n")
        }
        Refusal::NotFound
        | Refusal::MethodNotAllowed { .. }
        | Refusal::BodyTooLarge { .. }
        | Refusal::JsonTooDeep { .. }
        | Refusal::BodyTimeout
        | Refusal::BodyBroken
        | Refusal::CrossSite
        | Refusal::Internal => (StatusCode::NOT_FOUND, "Not found\n"),
    };
    Fault::from(refusal).on((status, text).into_response())
}

/// The answer at a path that no route owns: that it is none, or what else is wrong with the request.
fn silence(
    served: &[Mounted],
    pages: &Pages,
    context: Context,
    request: &Request,
    refusal: &Refusal,
) -> Response {
    let path = request.uri().path();
    let owner = served
        .iter()
        .flat_map(|mounted| mounted.dialect.silence.iter().map(move |silence| (silence, mounted)))
        .filter(|(silence, _)| silence.covers(path))
        .max_by_key(|(silence, _)| silence.rank());
    match owner {
        Some((_, mounted)) => mounted.answer(refusal, path),
        None if *refusal == Refusal::NotFound => {
            let page = pages.nothing_there(context, request);
            Fault::from(refusal).on(page.unwrap_or_else(|| plain(refusal)))
        }
        None => plain(refusal),
    }
}

/// Paths compare by their shape: `/users/{id}` and `/users/{number}` are one route.
fn refuse_overlaps(dialects: &[&Dialect]) -> anyhow::Result<()> {
    for (index, one) in dialects.iter().enumerate() {
        for other in dialects.iter().skip(index + 1) {
            let route = one.endpoints.iter().find(|endpoint| {
                other.endpoints.iter().any(|theirs| shape(theirs.path) == shape(endpoint.path))
            });
            if let Some(route) = route {
                bail!("the dialects {} and {} both claim {}", one.name, other.name, route.path);
            }
            if let Some(silence) = one.silence.iter().find(|silence| other.silence.contains(silence)) {
                bail!("the dialects {} and {} both answer for {}**", one.name, other.name, silence.prefix);
            }
        }
    }
    Ok(())
}

fn shape(path: &str) -> Vec<&str> {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect()
}

/// What the doors and the products behind them are called.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    DIALECTS.iter().flat_map(|entry| [entry.dialect.name, entry.dialect.product])
}

/// Where the outside world finds this server.
fn site(config: &Config) -> Site {
    let url = &config.public_url;
    Site { origin: url.origin().as_str().to_owned(), secure: url.is_https() }
}

fn wire(wire: config::Wire) -> web::Wire {
    match wire {
        config::Wire::Documented => web::Wire::Documented,
        config::Wire::Deployed => web::Wire::Deployed,
    }
}

fn scope(scope: config::Scope) -> identity::Scope {
    match scope {
        config::Scope::Dialect => identity::Scope::Dialect,
        config::Scope::Account => identity::Scope::Account,
    }
}

fn origins(origins: &[config::WebOrigin]) -> Vec<String> {
    origins.iter().map(|origin| origin.as_str().to_owned()).collect()
}

fn knox_settings(section: &config::Knox) -> knox::Settings {
    knox::Settings {
        wire: wire(section.wire),
        scope: scope(section.scope),
        allowed_origins: origins(&section.allowed_origins),
        token_length: section.token_length,
        token_prefix: section.token_prefix.clone(),
        token_ttl: section.token_ttl,
        token_limit_per_user: section.token_limit_per_user.map(std::num::NonZeroU32::get),
        auto_refresh: section.auto_refresh,
        auto_refresh_max_ttl: section.auto_refresh_max_ttl,
        min_refresh_interval: section.min_refresh_interval,
    }
}

fn syntho_settings(section: &config::Syntho) -> syntho::Settings {
    syntho::Settings {
        wire: wire(section.wire),
        scope: scope(section.scope),
        allowed_origins: origins(&section.allowed_origins),
        session_lifetime: section.session_lifetime,
    }
}

fn probe_settings(section: &config::Probe) -> probe::Settings {
    probe::Settings {
        wire: wire(section.wire),
        scope: scope(section.scope),
        allowed_origins: origins(&section.allowed_origins),
        long_term: section.long_term,
        short_term: section.short_term,
        sign_up: section.sign_up,
    }
}

fn bixarena_settings(section: &config::BixArena) -> bixarena::Settings {
    bixarena::Settings {
        wire: wire(section.wire),
        scope: scope(section.scope),
        allowed_origins: origins(&section.allowed_origins),
        session_idle: section.session_idle,
        token_ttl: section.token_ttl,
        issuer: section.issuer.clone(),
        audience: section.audience.clone(),
        subject: match section.subject {
            config::Subject::Uuid => identity::SubjectForm::Id,
            config::Subject::Username => identity::SubjectForm::Username,
        },
        provider: section.provider.as_ref().map(|id| id.as_str().to_owned()),
        ui_url: section.ui_url.to_string(),
    }
}

fn trieve_settings(section: &config::Trieve) -> trieve::Settings {
    trieve::Settings {
        wire: wire(section.wire),
        scope: scope(section.scope),
        allowed_origins: origins(&section.allowed_origins),
        session_lifetime: section.session_lifetime,
        provider: section.provider.as_ref().map(|id| id.as_str().to_owned()),
    }
}

fn native_settings(config: &Config) -> native::Settings {
    let section = &config.dialects.native;
    let door = |entry: &Entry| native::HouseDoor {
        name: entry.dialect.name,
        product: entry.dialect.product,
        title: entry.dialect.title,
        keys: (entry.keys)().filter(|_| (entry.is_enabled)(config)),
    };
    native::Settings {
        allowed_origins: origins(&section.allowed_origins),
        session_idle: section.session_idle,
        session_lifetime: section.session_lifetime,
        doors: DIALECTS.iter().map(door).collect(),
    }
}

#[cfg(test)]
mod tests {
    use web::{Endpoint, Silence};

    use super::*;

    const fn dialect(
        name: &'static str,
        endpoints: &'static [Endpoint],
        silence: &'static [Silence],
    ) -> Dialect {
        Dialect {
            name,
            product: "",
            title: "",
            document: "",
            endpoints,
            silence,
            cookies: &[],
            announces_allow: false,
        }
    }

    const ROUTE: &[Endpoint] = &[Endpoint { path: "/a/{id}", allow: "GET", summary: "" }];
    const SAME: &[Endpoint] = &[Endpoint { path: "/a/{number}", allow: "POST", summary: "" }];

    #[test]
    fn two_dialects_on_one_route_are_refused_by_name() {
        let (one, two) = (dialect("one", ROUTE, &[]), dialect("two", SAME, &[]));
        let error = refuse_overlaps(&[&one, &two]).expect_err("overlap").to_string();
        assert_eq!(error, "the dialects one and two both claim /a/{id}");
    }

    #[test]
    fn two_dialects_on_one_silence_are_refused_by_name() {
        const SILENCE: &[Silence] = &[Silence::under("/a/")];
        let (one, two) = (dialect("one", &[], SILENCE), dialect("two", &[], SILENCE));
        let error = refuse_overlaps(&[&one, &two]).expect_err("overlap").to_string();
        assert_eq!(error, "the dialects one and two both answer for /a/**");
    }

    #[test]
    fn the_dialects_of_this_build_do_not_overlap() {
        let dialects: Vec<&Dialect> = DIALECTS.iter().map(|entry| entry.dialect).collect();
        refuse_overlaps(&dialects).expect("no overlap");
    }
}
