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
use web::Lanes;

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
        let lane = self.lanes.of(request).filter(|_| request.body().is_end_stream())?;
        self.lanes.at_once(lane, peer.map(|peer| peer.ip()), request)
    }

    /// The lanes.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// What answers everything, more slowly.
    pub fn router(&self) -> &Router {
        &self.router
    }

    fn answer(&mut self, peer: Option<SocketAddr>, mut request: Request) -> Answering {
        match self.lanes.of(&request) {
            Some(lane) => {
                let address = peer.map(|peer| peer.ip());
                let lanes = Arc::clone(&self.lanes);
                Answering::Later(Box::pin(async move { Ok(lanes.answer(lane, address, request).await) }))
            }
            None => {
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
        match self.at_once(peer, &request) {
            Some(answer) => Answering::At(Some(answer)),
            None => self.answer(peer, request),
        }
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
        if let Some(answer) = self.served.at_once(Some(self.peer), &request) {
            return Answering::At(Some(answer));
        }
        // Most requests have no body, and none need be made for them.
        let request = request.map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(body) });
        self.served.answer(Some(self.peer), request)
    }
}
