//! How every handler begins: who asks, and what for.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts as _, Path, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use identity::user::UserNumber;
use identity::{Actor, Caller, ErrorKind, Identity, Op};
use serde::Serialize;
use web::cookie::Carried;
use web::fault::concerning;
use web::{Context, Refusal, body, json_depth};

use super::error::{self, Refused, Reply, answer};
use super::schema::{Fields, Text};
use super::{Probe, caller};

/// A request of whoever it is.
pub(super) struct Visit {
    pub(super) probe: Probe,
    pub(super) context: Context,
    pub(super) query: Fields,
    head: Parts,
    body: Body,
}

/// A request of somebody who was recognised.
pub(super) struct Call {
    pub(super) visit: Visit,
    pub(super) caller: Caller,
}

/// How a body may be declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Json,
    JsonAndForms,
}

const CAPTCHA: &str = "X-Recaptcha-Token";

impl FromRequest<Probe> for Visit {
    type Rejection = Refused;

    async fn from_request(request: Request, probe: &Probe) -> Result<Self, Refused> {
        let (mut head, body) = request.into_parts();
        let Ok(context) = Context::from_request_parts(&mut head, probe).await;
        let query = Fields::query(head.uri.query())?;
        Ok(Self { probe: probe.clone(), context, query, head, body })
    }
}

impl FromRequest<Probe> for Call {
    type Rejection = Refused;

    async fn from_request(request: Request, probe: &Probe) -> Result<Self, Refused> {
        Visit::from_request(request, probe).await?.known().await
    }
}

impl Visit {
    pub(super) fn identity(&self) -> &Identity {
        &self.probe.web.identity
    }

    /// What the core is told of it while nobody was recognised.
    pub(super) fn op(&self) -> Op {
        self.op_as(Actor::Anonymous)
    }

    pub(super) fn op_as(&self, actor: Actor) -> Op {
        self.context.op(&self.probe.keys.door, actor)
    }

    /// Who asks, if anybody who can be recognised.
    pub(super) fn caller(&self) -> impl Future<Output = Result<Option<Caller>, Refused>> + Send {
        caller::recognise(&self.probe, &self.context, &self.head.headers, &self.query)
    }

    /// The same request, of somebody.
    pub(super) async fn known(self) -> Result<Call, Refused> {
        match self.caller().await? {
            Some(caller) => Ok(Call { visit: self, caller }),
            None => Err(identity::Error::from(ErrorKind::CredentialMissing).into()),
        }
    }

    /// A login sets a cookie; a foreign page is not to choose whose.
    pub(super) fn must_be_of_a_known_page(&self) -> Result<(), Refused> {
        match self.probe.origins.is_known_page(&self.head.headers) {
            true => Ok(()),
            false => Err(Refusal::CrossSite.into()),
        }
    }

    /// The one value that a cookie of this name has.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        match web::cookie::carried(&self.head.headers, name) {
            Carried::Value(value) => Some(value),
            Carried::Nothing | Carried::Unclear => None,
        }
    }

    /// The parameter in the path.
    pub(super) async fn path(&mut self, name: &str) -> Result<Fields, Refused> {
        match Path::<String>::from_request_parts(&mut self.head, &()).await {
            Ok(Path(value)) => Ok(Fields::path(name, value)),
            Err(_) => Err(Refusal::NotFound.into()),
        }
    }

    /// What the visitor's browser answered to whoever tells people from programs (contracts 3.2, no. 9).
    pub(super) fn captcha(&self) -> Result<String, Refused> {
        const ANSWER: Text = Text::required(CAPTCHA).length(6, usize::MAX);
        let fields = Fields::header(&self.head.headers, CAPTCHA)?;
        let answer = fields.read(|reader| reader.text(&ANSWER).map(str::to_owned))?;
        Ok(answer)
    }

    /// The body of a route that wants one.
    pub(super) async fn body(&mut self, takes: Takes) -> Result<Fields, Refused> {
        self.read(takes).await?.ok_or_else(error::missing_body)
    }

    /// The body of a route that can do without.
    pub(super) async fn any_body(&mut self, takes: Takes) -> Result<Fields, Refused> {
        match self.read(takes).await? {
            Some(fields) => Ok(fields),
            None => Ok(Fields::json(b"")?),
        }
    }

    /// `None`: it has no bytes, whatever they are declared as.
    async fn read(&mut self, takes: Takes) -> Result<Option<Fields>, Refused> {
        let limits = self.probe.web.limits;
        let bytes = body::read(std::mem::take(&mut self.body), limits).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let declared = self.head.headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
        let name = declared.unwrap_or_default().split(|byte| *byte == b';').next().unwrap_or_default();
        match (name.trim_ascii().to_ascii_lowercase().as_slice(), takes) {
            // What is not declared is taken for JSON, as the framework does.
            (b"application/json" | b"", _) => {
                json_depth::check(&bytes, limits.json_depth)?;
                Ok(Some(Fields::json(&bytes)?))
            }
            (b"application/x-www-form-urlencoded", Takes::JsonAndForms) => Ok(Some(Fields::form(&bytes)?)),
            _ => Err(error::media_type(takes == Takes::JsonAndForms)),
        }
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

    pub(super) fn user(&self) -> UserNumber {
        self.caller.user.number
    }

    /// 200.
    pub(super) fn ok(&self, body: &impl Serialize) -> Reply {
        Ok(concerning(self.user(), answer(StatusCode::OK, body)))
    }

    /// 204.
    pub(super) fn done(&self) -> Reply {
        Ok(self.concerning(StatusCode::NO_CONTENT.into_response()))
    }

    pub(super) fn concerning(&self, answer: Response) -> Response {
        concerning(self.user(), answer)
    }
}
