//! A dialect ready to serve: its routes dressed with what every surface has, and its voice for refusals.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use futures_util::FutureExt as _;

use crate::trace::{METHOD_BYTES, cut};
use crate::{Dialect, Fault, Limits, Origins, Refusal};

pub use identity::Door;

/// How a dialect says a refusal at a path.
pub type Refuse = Arc<dyn Fn(&Refusal, &str) -> Response + Send + Sync>;

/// A dialect with its routes and its settings.
#[derive(Clone)]
pub struct Mounted {
    /// What it is.
    pub dialect: &'static Dialect,
    /// Its routes, each with its full path.
    pub router: Router,
    /// How it refuses.
    pub refuse: Refuse,
}

/// The name of the dialect that answered, for the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spoken(pub(crate) &'static str);

impl Mounted {
    /// Dresses a dialect's routes: unknown methods, panics, foreign sites and what is beyond a limit are answered in its own shape, and
    /// pages of allowed origins may read its answers.
    pub fn new(
        dialect: &'static Dialect,
        routes: Router,
        origins: Origins,
        limits: Limits,
        refuse: Refuse,
    ) -> Self {
        let wrong_method = Arc::clone(&refuse);
        let guard = Guard { dialect, origins, limits, refuse: Arc::clone(&refuse) };
        let router = routes
            .method_not_allowed_fallback(move |method: Method, path: MatchedPath| async move {
                let allow = allow(dialect, path.as_str());
                let refusal = Refusal::MethodNotAllowed {
                    method: cut(method.as_str(), METHOD_BYTES).to_owned(),
                    allow,
                };
                answer(&wrong_method, &refusal, path.as_str())
            })
            .layer(from_fn(move |request: Request, next: Next| guard.clone().run(request, next)));
        Self { dialect, router, refuse }
    }

    /// Answers for a path that nobody owns.
    pub fn answer(&self, refusal: &Refusal, path: &str) -> Response {
        let mut response = answer(&self.refuse, refusal, path);
        response.extensions_mut().insert(Spoken(self.dialect.name));
        response
    }
}

#[derive(Clone)]
struct Guard {
    dialect: &'static Dialect,
    origins: Origins,
    limits: Limits,
    refuse: Refuse,
}

impl Guard {
    async fn run(self, request: Request, next: Next) -> Response {
        let method = request.method().clone();
        let asked = request.headers().clone();
        let path =
            request.extensions().get::<MatchedPath>().map_or(String::new(), |path| path.as_str().to_owned());
        let allow = allow(self.dialect, &path);
        let mut response = if let Some(refusal) = self.limits.refusal(&request) {
            self.shared(&asked, answer(&self.refuse, &refusal, &path))
        } else if let Some(preflight) = self.origins.preflight(&method, &asked, allow) {
            preflight
        } else if self.origins.permits(&method, &asked, self.dialect.cookies) {
            // Nothing of a handler outlives its panic but what the core settles by itself.
            let answering = async {
                let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
                answered.unwrap_or_else(|panic| answer_panic(&self.refuse, &*panic, &path))
            };
            let in_time = self.limits.in_time(answering).await;
            let response = in_time.unwrap_or_else(|refusal| answer(&self.refuse, &refusal, &path));
            self.shared(&asked, response)
        } else {
            answer(&self.refuse, &Refusal::CrossSite, &path)
        };
        if self.dialect.announces_allow && !allow.is_empty() {
            response.headers_mut().entry(ALLOW).or_insert(HeaderValue::from_static(allow));
        }
        response.extensions_mut().insert(Spoken(self.dialect.name));
        response
    }

    fn shared(&self, asked: &HeaderMap, mut response: Response) -> Response {
        self.origins.share(asked, response.headers_mut());
        response
    }
}

fn allow(dialect: &Dialect, path: &str) -> &'static str {
    dialect.endpoints.iter().find(|endpoint| endpoint.path == path).map_or("", |endpoint| endpoint.allow)
}

fn answer(refuse: &Refuse, refusal: &Refusal, path: &str) -> Response {
    let mut response = refuse(refusal, path);
    if *refusal == Refusal::RequestTimeout {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    Fault::from(refusal).on(response)
}

/// The last resort: a defect costs one answer, in the dialect's shape, and a line that says where.
fn answer_panic(refuse: &Refuse, panic: &(dyn Any + Send), path: &str) -> Response {
    let what = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a text");
    let mut fault = Fault::from(&Refusal::Internal);
    what.clone_into(&mut fault.cause);
    fault.on(refuse(&Refusal::Internal, path))
}

#[cfg(test)]
mod tests;
