//! How every handler begins: who asks, and what for.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts as _, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use identity::{Actor, Caller, Identity, Op};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use web::fault::concerning;
use web::form::Sent;
use web::{Context, Refusal, body, json_depth};

use super::error::{self, Refused, Reply, answer};
use super::{Native, caller};

/// A request of whoever it is.
pub(super) struct Visit {
    pub(super) native: Native,
    pub(super) context: Context,
    head: Parts,
    body: Body,
}

/// A request of somebody who was recognised by a session or a key.
pub(super) struct Known(pub(super) Call);

/// A request of somebody who was recognised by a session.
pub(super) struct Call {
    pub(super) visit: Visit,
    pub(super) caller: Caller,
}

impl FromRequest<Native> for Visit {
    type Rejection = Refused;

    async fn from_request(request: Request, native: &Native) -> Result<Self, Refused> {
        let (mut head, body) = request.into_parts();
        let Ok(context) = Context::from_request_parts(&mut head, native).await;
        Ok(Self { native: native.clone(), context, head, body })
    }
}

impl FromRequest<Native> for Call {
    type Rejection = Refused;

    async fn from_request(request: Request, native: &Native) -> Result<Self, Refused> {
        let visit = Visit::from_request(request, native).await?;
        let caller = caller::signed_in(native, &visit.context, visit.headers()).await?;
        Ok(Self { visit, caller })
    }
}

impl FromRequest<Native> for Known {
    type Rejection = Refused;

    async fn from_request(request: Request, native: &Native) -> Result<Self, Refused> {
        let visit = Visit::from_request(request, native).await?;
        let caller = caller::known(native, &visit.context, visit.headers()).await?;
        Ok(Self(Call { visit, caller }))
    }
}

impl Visit {
    pub(super) fn identity(&self) -> &Identity {
        &self.native.web.identity
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// What the core is told of it while nobody was recognised.
    pub(super) fn op(&self) -> Op {
        self.op_as(Actor::Anonymous)
    }

    pub(super) fn op_as(&self, actor: Actor) -> Op {
        self.context.op(&self.native.surface.door, actor)
    }

    /// A login sets a cookie; a foreign page is not to choose whose.
    pub(super) fn must_be_of_a_known_page(&self) -> Result<(), Refused> {
        match self.native.origins.is_known_page(&self.head.headers) {
            true => Ok(()),
            false => Err(Refusal::CrossSite.into()),
        }
    }

    /// The id in the path. What is none is nobody's.
    pub(super) async fn id(&mut self) -> Result<Uuid, Refused> {
        let path = Path::<String>::from_request_parts(&mut self.head, &()).await;
        let id = path.ok().and_then(|Path(text)| Uuid::try_parse(&text).ok().filter(|_| text.len() == 36));
        id.ok_or_else(|| Refusal::NotFound.into())
    }

    /// What the query holds under this name.
    pub(super) fn sent(&self, name: &str) -> Sent {
        Sent::of(self.head.uri.query(), name)
    }

    /// The body: JSON, and nothing else.
    pub(super) async fn body<T: DeserializeOwned>(&mut self) -> Result<T, Refused> {
        let declared = self.head.headers.get(CONTENT_TYPE).map(|value| value.as_bytes()).unwrap_or_default();
        let name = declared.split(|byte| *byte == b';').next().unwrap_or_default();
        if !name.trim_ascii().eq_ignore_ascii_case(b"application/json") {
            return Err(error::media_type());
        }
        let limits = self.native.web.limits;
        let bytes = body::read(std::mem::take(&mut self.body), limits).await?;
        json_depth::check(&bytes, limits.json_depth)?;
        serde_json::from_slice(&bytes).map_err(|error| error::unreadable(&error))
    }
}

impl Call {
    pub(super) fn identity(&self) -> &Identity {
        self.visit.identity()
    }

    /// What the core is told of it.
    pub(super) fn op(&self) -> Op {
        self.visit.op_as(self.caller.actor())
    }

    /// An answer with a body.
    pub(super) fn answer(&self, status: StatusCode, body: &impl Serialize) -> Reply {
        Ok(self.concerning(answer(status, body)))
    }

    /// 200.
    pub(super) fn ok(&self, body: &impl Serialize) -> Reply {
        self.answer(StatusCode::OK, body)
    }

    /// 204.
    pub(super) fn done(&self) -> Reply {
        Ok(self.concerning(StatusCode::NO_CONTENT.into_response()))
    }

    pub(super) fn concerning(&self, answer: Response) -> Response {
        concerning(self.caller.user.number, answer)
    }
}
