//! The express lane: the routes that back ends ask at every request of their own, answered without the router.
//!
//! It leaves out nothing but the finding of the way. The handler is the route's own, and around it is what the layers put around
//! every answer, by the same functions: the head's limits, origins, the time an answer may take, panics, the headers of every
//! answer, the log line, refusals. What is no `GET` of exactly one of its paths goes to the router.
//!
//! **At once.** Where a route can tell without waiting who asks, and all is well with the request, it says so by
//! [`Express::at_once`], and nothing else is run. That way only tells what the handler would have told, and refuses nobody: whatever
//! is not as simple is the handler's. A test holds both to the same answer at every door.
//!
//! **After one read.** Where all that it lacks is what the store does not remember, that is read with one question and the route
//! asked once more. Who is refused then is refused by the handler, which reads for itself. How long that one read takes is bounded by
//! the store, in seconds, and comes before the time that an answer may take.

mod check;

use std::cell::Cell;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use identity::memo::Memo;
use identity::secret::Sha256Digest;
use identity::{Lookup, RequestId, View};
use uuid::Uuid;

pub use self::check::{Check, Checked, Shown};
use self::check::{Plain, Presented, SAID, Said};
use crate::mount::Guard;
use crate::trace::Asked;
use crate::{Mounted, Web, limits, trace};

type Checking = dyn Fn(&Check<'_>) -> Option<Checked> + Send + Sync;
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A route of a dialect's in the express lane.
#[derive(Clone)]
pub struct Express {
    path: &'static str,
    answer: Arc<dyn Fn(Request) -> Answering + Send + Sync>,
    finish: fn(Response) -> Response,
    at_once: Option<AtOnce>,
}

/// How a route answers without waiting.
#[derive(Clone)]
struct AtOnce {
    /// Whether it tells what somebody belongs to.
    memberships: bool,
    /// The headers of its own that every such answer has.
    headers: HeaderMap,
    check: Arc<Checking>,
}

impl Express {
    /// `GET` of this path, which has no parameters, by the handler that the router has for it.
    pub fn get<H, T, S>(path: &'static str, handler: H, state: S) -> Self
    where
        H: Handler<T, S, Future = Answering> + Sync,
        S: Clone + Send + Sync + 'static,
        T: 'static,
    {
        let answer = Arc::new(move |request| handler.clone().call(request, state.clone()));
        Self { path, answer, finish: |response| response, at_once: None }
    }

    /// Answered without waiting where this says how, with these headers of its own.
    #[must_use]
    pub fn at_once<S: Send + Sync + 'static>(
        self,
        state: S,
        headers: impl IntoIterator<Item = (HeaderName, &'static str)>,
        check: fn(&S, &Check<'_>) -> Option<Checked>,
    ) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value)));
        let check = Arc::new(move |asked: &Check<'_>| check(&state, asked));
        Self { at_once: Some(AtOnce { memberships: false, headers: headers.collect(), check }), ..self }
    }

    /// Where it answers without waiting it tells what somebody belongs to.
    #[must_use]
    pub fn with_memberships(self) -> Self {
        let at_once = self.at_once.map(|at_once| AtOnce { memberships: true, ..at_once });
        Self { at_once, ..self }
    }

    /// With what the dialect's own layer does to every answer.
    #[must_use]
    pub fn finished_by(self, finish: fn(Response) -> Response) -> Self {
        Self { finish, ..self }
    }
}

/// What a lane says of a request without waiting.
pub enum First {
    /// The answer.
    Answer(Response),
    /// It will have one when what it lacks was read: [`Lanes::answer_after`] has to be asked.
    Lacks(Lacking),
    /// [`Lanes::answer`] has to be asked.
    Nothing,
}

/// What a lane lacks for the answer to a request.
pub struct Lacking {
    asked: Asked,
    lookup: Lookup,
    presented: Option<Presented>,
}

impl Lane {
    /// The answer, where the route has one.
    fn says(&self, asked: &Asked, check: &Check<'_>) -> Option<Response> {
        let at_once = self.express.at_once.as_ref()?;
        // A defect costs one answer, and the handler's is in the dialect's shape.
        let checked = catch_unwind(AssertUnwindSafe(|| (at_once.check)(check))).ok()??;
        let mut response = Response::new(Body::from(checked.body));
        response.headers_mut().clone_from(&self.headers);
        trace::number(asked.id, response.headers_mut());
        asked.tell_ok(self.express.path, self.guard.name(), checked.user);
        Some(response)
    }
}

/// The lanes of all dialects that are served.
pub struct Lanes {
    web: Web,
    lanes: Vec<Lane>,
    said: Memo<Sha256Digest, Said>,
}

struct Lane {
    express: Express,
    guard: Arc<Guard>,
    allow: &'static str,
    /// All headers of an answer at once, with a number that no request has.
    headers: HeaderMap,
}

impl Lanes {
    /// Of these dialects.
    pub fn new(web: &Web, served: &[Mounted]) -> Self {
        let lanes = served.iter().flat_map(|mounted| {
            mounted.express.iter().map(|express| {
                let (guard, allow) = (Arc::clone(&mounted.guard), mounted.guard.allow(express.path));
                let headers = express.at_once.iter().map(|at_once| {
                    let mut response = Response::new(Body::empty());
                    response.headers_mut().clone_from(&at_once.headers);
                    let mut response = guard.finish(None, allow, (express.finish)(response));
                    trace::complete(web, response.headers_mut());
                    // So that there is room for each answer's own in a copy of these.
                    trace::number(RequestId(Uuid::nil()), response.headers_mut());
                    std::mem::take(response.headers_mut())
                });
                let headers = headers.collect::<Vec<_>>().pop().unwrap_or_default();
                Lane { express: express.clone(), guard, allow, headers }
            })
        });
        Self { web: web.clone(), lanes: lanes.collect(), said: Memo::new(SAID) }
    }

    /// The paths of all lanes.
    pub fn paths(&self) -> impl Iterator<Item = &'static str> {
        self.lanes.iter().map(|lane| lane.express.path)
    }

    /// The number of the lane that a request takes, for [`Lanes::answer`]; none: it is the router's.
    pub fn of<B>(&self, request: &Request<B>) -> Option<usize> {
        let path = request.uri().path();
        let found = self.lanes.iter().position(|lane| lane.express.path == path);
        found.filter(|_| request.method() == Method::GET)
    }

    /// What this lane says of a request without waiting.
    ///
    /// # Panics
    /// As [`Lanes::answer`].
    #[expect(clippy::indexing_slicing, reason = "numbers of lanes are given out above")]
    pub fn at_once<B>(&self, number: usize, peer: Option<IpAddr>, request: &Request<B>) -> First {
        let lane = &self.lanes[number];
        let Some(at_once) = &lane.express.at_once else { return First::Nothing };
        let Some(plain) = Plain::of(request.headers()) else { return First::Nothing };
        if request.uri().query().is_some() || lane.guard.limits().refusal(request).is_some() {
            return First::Nothing;
        }
        let asked = Asked::of(&self.web, peer, request.headers());
        let view = View::new(at_once.memberships);
        let check = self.check(number, &asked, request.headers(), plain, view, None);
        match (lane.says(&asked, &check), check.view.missing()) {
            (Some(response), _) => First::Answer(response),
            (None, Some(lookup)) => {
                let presented = check.presented.take();
                First::Lacks(Lacking { asked, lookup, presented })
            }
            (None, None) => First::Nothing,
        }
    }

    /// The answer to a request for which this lane lacked something.
    ///
    /// # Panics
    /// As [`Lanes::answer`].
    #[expect(clippy::indexing_slicing, reason = "numbers of lanes are given out above")]
    pub async fn answer_after(
        &self,
        number: usize,
        peer: Option<IpAddr>,
        request: Request,
        Lacking { asked, lookup, presented }: Lacking,
    ) -> Response {
        let lane = &self.lanes[number];
        // Nobody known, or no database that answers: the handler says so, in the dialect's words.
        if let Ok(Some(found)) = self.web.identity.look_up(&lookup).await
            && let Some(plain) = Plain::of(request.headers())
            && let check =
                self.check(number, &asked, request.headers(), plain, View::of(&found), presented.as_ref())
            && let Some(response) = lane.says(&asked, &check)
        {
            return response;
        }
        // Apart, because few need it and its future is large.
        Box::pin(self.answer(number, peer, request)).await
    }

    fn check<'a>(
        &'a self,
        lane: usize,
        asked: &Asked,
        headers: &'a HeaderMap,
        plain: Plain<'a>,
        view: View<'a>,
        before: Option<&'a Presented>,
    ) -> Check<'a> {
        let (id, now, address) = (asked.id, asked.now, asked.address);
        let is_trusted = address.is_some_and(|address| self.web.trusted_addresses.holds(address));
        let presented = Cell::default();
        Check { headers, now, view, plain, before, presented, lanes: self, lane, id, address, is_trusted }
    }

    /// The answer to a request from this address, in the lane that it takes.
    ///
    /// # Panics
    /// When there is no such lane.
    #[expect(clippy::indexing_slicing, reason = "numbers of lanes are given out above")]
    pub async fn answer(&self, lane: usize, peer: Option<IpAddr>, request: Request) -> Response {
        let lane = &self.lanes[lane];
        let Express { path, answer, finish, .. } = &lane.express;
        let handled = |request| async { finish(answer(request).await) };
        let guarded = |request| lane.guard.around(path, lane.allow, request, handled);
        let traced = |request| trace::around(&self.web, peer, path, request, guarded);
        limits::closing(self.web.limits, request, traced).await
    }
}
