//! Everything that is served, as one service: the express lane, and the router for all the rest.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use tower::Service;
use web::{First, Lacking, Lanes};

/// An answer that is there, or on its way.
pub enum Answering {
    /// There; none when it was taken.
    At(Option<Response>),
    /// On its way.
    Later(Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>),
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::At(answer) => answer.take().map_or(Poll::Pending, |answer| Poll::Ready(Ok(answer))),
            Self::Later(answer) => answer.as_mut().poll(context),
        }
    }
}

/// How a request is answered.
enum Way {
    /// With this, which is there.
    Answered(Response),
    /// In a lane, which lacks something.
    Reading(usize, Lacking),
    /// In a lane.
    Lane(usize),
    /// By the router.
    Router,
}

/// What answers requests.
#[derive(Clone)]
pub struct Served {
    lanes: Arc<Lanes>,
    router: Router,
}

impl Served {
    /// These lanes, and this router beside them.
    pub fn new(lanes: Lanes, router: Router) -> Self {
        Self { lanes: Arc::new(lanes), router }
    }

    /// The answer that needs no waiting, if there is one.
    pub fn at_once<B: HttpBody>(&self, peer: Option<SocketAddr>, request: &Request<B>) -> Option<Response> {
        match self.way(peer, request) {
            Way::Answered(answer) => Some(answer),
            Way::Reading(..) | Way::Lane(_) | Way::Router => None,
        }
    }

    fn way<B: HttpBody>(&self, peer: Option<SocketAddr>, request: &Request<B>) -> Way {
        let Some(lane) = self.lanes.of(request) else { return Way::Router };
        if !request.body().is_end_stream() {
            return Way::Lane(lane);
        }
        match self.lanes.at_once(lane, peer.map(|peer| peer.ip()), request) {
            First::Answer(answer) => Way::Answered(answer),
            First::Lacks(lacking) => Way::Reading(lane, lacking),
            First::Nothing => Way::Lane(lane),
        }
    }

    /// The lanes.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// What answers everything, more slowly.
    pub fn router(&self) -> &Router {
        &self.router
    }

    fn answer(&mut self, peer: Option<SocketAddr>, mut request: Request, way: Way) -> Answering {
        let address = peer.map(|peer| peer.ip());
        let lanes = Arc::clone(&self.lanes);
        match way {
            Way::Answered(answer) => Answering::At(Some(answer)),
            Way::Reading(lane, lacking) => Answering::Later(Box::pin(async move {
                Ok(lanes.answer_after(lane, address, request, lacking).await)
            })),
            Way::Lane(lane) => {
                Answering::Later(Box::pin(async move { Ok(lanes.answer(lane, address, request).await) }))
            }
            Way::Router => {
                if let Some(peer) = peer {
                    request.extensions_mut().insert(ConnectInfo(peer));
                }
                Answering::Later(Box::pin(Service::<Request>::call(&mut self.router, request)))
            }
        }
    }
}

/// Requests that came over no connection, as in tests.
impl Service<Request> for Served {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answering {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        let way = self.way(peer, &request);
        self.answer(peer, request, way)
    }
}

/// Makes the service of each connection.
#[derive(Clone)]
pub struct Connections(pub Served);

impl Service<SocketAddr> for Connections {
    type Response = Connected;
    type Error = Infallible;
    type Future = Ready<Result<Connected, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, peer: SocketAddr) -> Self::Future {
        ready(Ok(Connected { served: self.0.clone(), peer }))
    }
}

/// The service of a connection from this address.
#[derive(Clone)]
pub struct Connected {
    served: Served,
    peer: SocketAddr,
}

impl Service<Request<Incoming>> for Connected {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Answering {
        let way = match self.served.way(Some(self.peer), &request) {
            Way::Answered(answer) => return Answering::At(Some(answer)),
            way @ (Way::Reading(..) | Way::Lane(_) | Way::Router) => way,
        };
        // Most requests have no body, and none need be made for them.
        let request = request.map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(body) });
        self.served.answer(Some(self.peer), request, way)
    }
}
