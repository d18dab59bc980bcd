//! A dialect ready to serve: its routes dressed with what every surface has, and its voice for refusals.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::header::{ALLOW, ORIGIN, RETRY_AFTER};
use axum::http::{HeaderValue, Method};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use futures_util::FutureExt as _;

use crate::trace::{METHOD_BYTES, cut};
use crate::{Dialect, Express, Fault, Limits, Origins, Refusal};

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
    pub(crate) guard: Arc<Guard>,
    /// What is answered without the router.
    pub(crate) express: Vec<Express>,
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
        let guard = Arc::new(Guard { dialect, origins, limits, refuse: Arc::clone(&refuse) });
        let layer = Arc::clone(&guard);
        let router = routes
            .method_not_allowed_fallback(move |method: Method, path: MatchedPath| async move {
                let allow = allow(dialect, path.as_str());
                let refusal = Refusal::MethodNotAllowed {
                    method: cut(method.as_str(), METHOD_BYTES).to_owned(),
                    allow,
                };
                answer(&wrong_method, &refusal, path.as_str())
            })
            .layer(from_fn(move |request: Request, next: Next| Arc::clone(&layer).run(request, next)));
        Self { dialect, router, refuse, guard, express: Vec::new() }
    }

    /// With these routes of its own answered by the express lane.
    #[must_use]
    pub fn with_express(self, express: Vec<Express>) -> Self {
        Self { express, ..self }
    }

    /// Answers for a path that nobody owns.
    pub fn answer(&self, refusal: &Refusal, path: &str) -> Response {
        let mut response = answer(&self.refuse, refusal, path);
        response.extensions_mut().insert(Spoken(self.dialect.name));
        response
    }
}

pub(crate) struct Guard {
    dialect: &'static Dialect,
    origins: Origins,
    limits: Limits,
    refuse: Refuse,
}

impl Guard {
    async fn run(self: Arc<Self>, request: Request, next: Next) -> Response {
        let matched = request.extensions().get::<MatchedPath>().cloned();
        let path = matched.as_ref().map_or("", MatchedPath::as_str);
        self.around(path, self.allow(path), request, |request| next.run(request)).await
    }

    /// What the dialect has around every answer to a route of its own, whoever makes it.
    pub(crate) async fn around<F: Future<Output = Response>>(
        &self,
        path: &str,
        allow: &'static str,
        request: Request,
        answering: impl FnOnce(Request) -> F,
    ) -> Response {
        let origin = request.headers().get(ORIGIN).cloned();
        let (method, asked) = (request.method(), request.headers());
        let mut response = if let Some(refusal) = self.limits.refusal(&request) {
            self.shared(origin.as_ref(), answer(&self.refuse, &refusal, path))
        } else if let Some(preflight) = self.origins.preflight(method, asked, allow) {
            preflight
        } else if self.origins.permits(method, asked, self.dialect.cookies) {
            // Nothing of a handler outlives its panic but what the core settles by itself.
            let answered = async {
                let answered = AssertUnwindSafe(answering(request)).catch_unwind().await;
                answered.unwrap_or_else(|panic| answer_panic(&self.refuse, &*panic, path))
            };
            let in_time = self.limits.in_time(answered).await;
            let response = in_time.unwrap_or_else(|refusal| answer(&self.refuse, &refusal, path));
            self.shared(origin.as_ref(), response)
        } else {
            answer(&self.refuse, &Refusal::CrossSite, path)
        };
        self.announce(allow, &mut response);
        response.extensions_mut().insert(Spoken(self.dialect.name));
        response
    }

    /// What [`Guard::around`] does to a good answer for a page of this origin, or of none.
    pub(crate) fn finish(
        &self,
        origin: Option<&HeaderValue>,
        allow: &'static str,
        response: Response,
    ) -> Response {
        let mut response = self.shared(origin, response);
        self.announce(allow, &mut response);
        response
    }

    fn announce(&self, allow: &'static str, response: &mut Response) {
        if self.dialect.announces_allow && !allow.is_empty() {
            response.headers_mut().entry(ALLOW).or_insert(HeaderValue::from_static(allow));
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The dialect's name.
    pub(crate) fn name(&self) -> &'static str {
        self.dialect.name
    }

    /// The methods of a route.
    pub(crate) fn allow(&self, path: &str) -> &'static str {
        allow(self.dialect, path)
    }

    fn shared(&self, origin: Option<&HeaderValue>, mut response: Response) -> Response {
        self.origins.share(origin, response.headers_mut());
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
