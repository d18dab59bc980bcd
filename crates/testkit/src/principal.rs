//! Who asks: the same calls, with or without a credential.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request};
use tower::ServiceExt as _;

use crate::{Answer, PEER, TestServer};

/// Somebody who asks a [`TestServer`].
#[derive(Clone)]
pub struct Principal<'a> {
    server: &'a TestServer,
    authorization: Option<String>,
    address: IpAddr,
}

/// A request under way.
pub struct Ask<'a> {
    server: &'a TestServer,
    address: IpAddr,
    method: Method,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl<'a> Principal<'a> {
    pub(crate) fn new(server: &'a TestServer, authorization: Option<String>) -> Self {
        Self { server, authorization, address: PEER }
    }

    /// ... who asks from this address instead of [`PEER`].
    #[must_use]
    pub fn at(mut self, address: impl Into<IpAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// A request with any method.
    pub fn ask(&self, method: &str, path: &str) -> Ask<'a> {
        let mut ask = Ask {
            server: self.server,
            address: self.address,
            method: Method::from_bytes(method.as_bytes()).expect("a method"),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        if let Some(authorization) = &self.authorization {
            ask = ask.header(AUTHORIZATION.as_str(), authorization);
        }
        ask
    }

    /// `GET`
    pub fn get(&self, path: &str) -> Ask<'a> {
        self.ask("GET", path)
    }

    /// `POST`
    pub fn post(&self, path: &str) -> Ask<'a> {
        self.ask("POST", path)
    }
}

impl Ask<'_> {
    /// ... with this header, beside others of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// ... with this body and type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// ... with this text as JSON, whether it is any or not.
    #[must_use]
    pub fn json_text(self, text: impl Into<Vec<u8>>) -> Self {
        self.body("application/json", text)
    }

    /// ... with this as JSON.
    #[must_use]
    pub fn json(self, value: &serde_json::Value) -> Self {
        self.json_text(value.to_string())
    }

    /// Sends it.
    pub async fn send(self) -> Answer {
        let served = self.server.served.clone();
        let response = served.oneshot(self.request()).await.expect("routers do not fail");
        Answer::read(response).await
    }

    /// Sends it past the express lane.
    pub async fn send_to_router(self) -> Answer {
        let router = self.server.served.router().clone();
        let response = router.oneshot(self.request()).await.expect("routers do not fail");
        Answer::read(response).await
    }

    /// Sends it to those only who need not wait for anything. `None`: they do not answer it.
    pub async fn send_at_once(self) -> Option<Answer> {
        let server = self.server;
        let request = self.request();
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        Some(Answer::read(server.served.at_once(peer, &request)?).await)
    }

    fn request(self) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::from(self.body)).expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 4711)));
        request
    }
}
