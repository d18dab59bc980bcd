//! How every handler begins: what was asked, by whom, and in which voice a refusal is told.

use identity::Rule;
use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use identity::{Actor, Error, ErrorKind, Identity, Op};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use web::fault::concerning;
use web::form::Sent;
use web::{Context, Refusal};

use super::caller::{self, Asking};
use super::error::{Refused, Voice, answer};
use super::tenant::Tenant;
use super::{Trieve, body, query};

/// A request of whoever it is.
pub(super) struct Visit {
    pub(super) trieve: Trieve,
    pub(super) context: Context,
    head: Parts,
}

/// A request of a user, in the tenant that it names.
pub(super) struct Call {
    pub(super) visit: Visit,
    pub(super) caller: identity::Caller,
    pub(super) tenant: Tenant,
    body: Body,
}

impl FromRequestParts<Trieve> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(head: &mut Parts, trieve: &Trieve) -> Result<Self, Infallible> {
        let Ok(context) = Context::from_request_parts(head, trieve).await;
        Ok(Self { trieve: trieve.clone(), context, head: head.clone() })
    }
}

impl FromRequest<Trieve> for Call {
    type Rejection = Refused;

    async fn from_request(request: Request, trieve: &Trieve) -> Result<Self, Refused> {
        let (mut head, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut head, trieve).await;
        let (caller, tenant) = visit.known().await?;
        Ok(Self { visit, caller, tenant, body })
    }
}

impl Visit {
    pub(super) fn identity(&self) -> &Identity {
        &self.trieve.web.identity
    }

    /// What the core is told of it while nobody was recognised.
    pub(super) fn op(&self) -> Op {
        self.op_as(Actor::Anonymous)
    }

    pub(super) fn op_as(&self, actor: Actor) -> Op {
        self.context.op(&self.trieve.surface.door, actor)
    }

    pub(super) fn method(&self) -> &Method {
        &self.head.method
    }

    pub(super) fn path(&self) -> &str {
        self.head.uri.path()
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// What the query holds under this name.
    pub(super) fn sent(&self, name: &str) -> Sent {
        Sent::of(self.head.uri.query(), name)
    }

    /// Who asks, and in which tenant; whoever it is, they may be there.
    pub(super) async fn asking(&self) -> Result<(Asking, Tenant), Refused> {
        let tenant = Tenant::named(&self.head.headers)?;
        let refused = self.refused(Voice::Plain);
        let asking = caller::recognise(self).await.map_err(&refused)?;
        tenant.admit(self, &asking).await.map_err(&refused)?;
        Ok((asking, tenant))
    }

    /// The user who asks, and in which tenant. An organization's key is nobody's.
    async fn known(&self) -> Result<(identity::Caller, Tenant), Refused> {
        let refused = self.refused(Voice::Plain);
        match self.asking().await? {
            (Asking::User(caller), tenant) => Ok((*caller, tenant)),
            (Asking::Nobody, _) => Err(refused(ErrorKind::CredentialMissing.into())),
            (Asking::Organization(_), _) => Err(refused(Error::new(ErrorKind::Forbidden).because(
                Rule::Permission,
                "an organization's key",
                "a user's session or key",
            ))),
        }
    }

    /// The core's refusal, in this voice.
    pub(super) fn refused<'a>(&self, voice: Voice<'a>) -> impl Fn(Error) -> Refused + use<'a> {
        move |error| Refused(voice.say(&error))
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

    /// The UUID in the path.
    pub(super) async fn id(&mut self) -> Result<Uuid, Refused> {
        match Path::<String>::from_request_parts(&mut self.visit.head, &()).await {
            Ok(Path(text)) => Ok(query::id_in_path(&text)?),
            Err(_) => Err(Refusal::NotFound.into()),
        }
    }

    /// The body, as JSON.
    pub(super) async fn body<T: DeserializeOwned>(&mut self) -> Result<T, Refused> {
        let body = std::mem::take(&mut self.body);
        body::read(&self.visit.head.headers, body, self.visit.trieve.web.limits).await
    }

    /// The core's refusal, in this voice.
    pub(super) fn refused<'a>(&self, voice: Voice<'a>) -> impl Fn(Error) -> Refused + use<'a> {
        self.visit.refused(voice)
    }

    pub(super) fn answer(&self, response: Response) -> Response {
        concerning(self.caller.user.number, response)
    }

    /// 200.
    pub(super) fn ok(&self, body: &impl Serialize) -> Response {
        self.answer(answer(StatusCode::OK, body))
    }
}
