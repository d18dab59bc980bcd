//! The pages that links in mail lead to: confirm an address, agree to another one, choose a new password.
//!
//! They work without scripts. Opening one changes nothing, because programs open links too: the button does. The token
//! stands in the address and in the form, and is led nowhere else.

mod html;

use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use identity::user::address_change::AddressChanged;
use identity::user::restore::RestoreStep;
use identity::{Actor, Door, Error, ErrorKind};
use web::{Context, Fault, Refusal, Web};
use zeroize::Zeroizing;

use self::html::{Form, Page};

/// What the audit trail calls these pages.
const DOOR: Door = Door::new("page");

/// Their routes.
pub(crate) fn routes(web: &Web) -> Router {
    Router::new()
        .route("/verify-email", get(ask_to_verify).post(verify))
        .route("/confirm-address", get(ask_to_agree).post(agree))
        .route("/restore-password", get(ask_for_password).post(restore))
        .with_state(web.clone())
}

/// What a form sends, and what a link bears.
#[derive(Default)]
struct Fields {
    token: Zeroizing<String>,
    password: Zeroizing<String>,
    return_to: Option<String>,
}

impl Fields {
    fn read(web: &Web, encoded: &[u8]) -> Self {
        let mut fields = Self::default();
        for (name, value) in url::form_urlencoded::parse(encoded) {
            match &*name {
                "token" => fields.token = Zeroizing::new(value.into_owned()),
                "password" => fields.password = Zeroizing::new(value.into_owned()),
                "return_to" => {
                    fields.return_to = Some(value.into_owned()).filter(|url| web.return_urls.allows(url));
                }
                _ => {}
            }
        }
        fields
    }

    async fn of_form(web: &Web, request: Request) -> Result<Self, Response> {
        let body = web::body::read(request.into_body(), web.body_bytes).await;
        let body = body.map_err(|refusal| {
            let status = match refusal {
                Refusal::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
                Refusal::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
                Refusal::NotFound
                | Refusal::MethodNotAllowed { .. }
                | Refusal::BodyBroken
                | Refusal::CrossSite
                | Refusal::Internal => StatusCode::BAD_REQUEST,
            };
            Fault::from(&refusal).on(shown(status, &Page::told("That did not arrive", "Please try again.")))
        })?;
        Ok(Self::read(web, &body))
    }
}

async fn ask_to_verify(State(web): State<Web>, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::read(&web, query.unwrap_or_default().as_bytes());
    let form = Form { fields: &fields, button: "Confirm my address", asks_for_password: None };
    let page = Page { form: Some(form), ..Page::told("Confirm your address", "One click, and it is yours.") };
    shown(StatusCode::OK, &page)
}

async fn verify(State(web): State<Web>, context: Context, request: Request) -> Response {
    let fields = match Fields::of_form(&web, request).await {
        Ok(fields) => fields,
        Err(response) => return response,
    };
    let op = context.op(&DOOR, Actor::Anonymous);
    match web.identity.accounts.verify_email(&op, &fields.token, None).await {
        Ok(_) => {
            let page = Page::told("Your address is confirmed", "You can sign in now.");
            shown(StatusCode::OK, &Page { leads_on: fields.return_to.as_deref(), ..page })
        }
        Err(error) => refused(&error, None),
    }
}

async fn ask_to_agree(State(web): State<Web>, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::read(&web, query.unwrap_or_default().as_bytes());
    let form = Form { fields: &fields, button: "I agree", asks_for_password: None };
    let told =
        Page::told("Another address for your account", "It changes when everybody who is asked has agreed.");
    shown(StatusCode::OK, &Page { form: Some(form), ..told })
}

async fn agree(State(web): State<Web>, context: Context, request: Request) -> Response {
    let fields = match Fields::of_form(&web, request).await {
        Ok(fields) => fields,
        Err(response) => return response,
    };
    let op = context.op(&DOOR, Actor::Anonymous);
    match web.identity.accounts.agree_to_address(&op, &fields.token).await {
        Ok(AddressChanged::Done) => {
            shown(StatusCode::OK, &Page::told("The address is changed", "It is the one of your account now."))
        }
        Ok(AddressChanged::NotYet) => {
            let text = "The message to the other address is still to be followed.";
            shown(StatusCode::OK, &Page::told("Thank you", text))
        }
        Err(error) => refused(&error, None),
    }
}

async fn ask_for_password(State(web): State<Web>, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::read(&web, query.unwrap_or_default().as_bytes());
    shown(StatusCode::OK, &password_page(&web, &fields, "It ends every session of your account."))
}

async fn restore(State(web): State<Web>, context: Context, request: Request) -> Response {
    let fields = match Fields::of_form(&web, request).await {
        Ok(fields) => fields,
        Err(response) => return response,
    };
    let op = context.op(&DOOR, Actor::Anonymous);
    let accounts = &web.identity.accounts;
    match accounts.restore_password(&op, RestoreStep::Mailed, &fields.token, fields.password.clone()).await {
        Ok(_) => {
            let page = Page::told("Your password is changed", "Sign in with the new one.");
            shown(StatusCode::OK, &Page { leads_on: fields.return_to.as_deref(), ..page })
        }
        Err(error) => refused(&error, Some(&password_page(&web, &fields, too_weak(error.kind())))),
    }
}

fn password_page<'a>(web: &Web, fields: &'a Fields, text: &'a str) -> Page<'a> {
    let least = web.identity.accounts.shortest_password();
    let form = Form { fields, button: "Change my password", asks_for_password: Some(least) };
    Page { form: Some(form), ..Page::told("Choose a new password", text) }
}

fn too_weak(kind: ErrorKind) -> &'static str {
    if kind == ErrorKind::PasswordTooLong { "That one is too long." } else { "That one is too short." }
}

/// Says why not; with the form again where another password may do.
fn refused(error: &Error, again: Option<&Page<'_>>) -> Response {
    let fault = Fault::from(error);
    let told = |status, title, text| shown(status, &Page::told(title, text));
    fault.on(match (error.kind(), again) {
        (ErrorKind::PasswordTooShort { .. } | ErrorKind::PasswordTooLong, Some(again)) => {
            shown(StatusCode::BAD_REQUEST, again)
        }
        (ErrorKind::TicketInvalid, _) => told(
            StatusCode::BAD_REQUEST,
            "This link is no longer good",
            "It was used, has expired, or a newer one was sent. Ask for another one.",
        ),
        (ErrorKind::LoginNameTaken | ErrorKind::LoginNameRetired, _) => {
            told(StatusCode::CONFLICT, "Not this address", "It cannot be used for an account any more.")
        }
        (ErrorKind::PasswordSignInDisabled, _) => {
            told(StatusCode::FORBIDDEN, "Not here", "There is no signing in with a password on this server.")
        }
        _ => told(StatusCode::SERVICE_UNAVAILABLE, "Not just now", "Please try again in a minute."),
    })
}

fn shown(status: StatusCode, page: &Page<'_>) -> Response {
    let mut response = (status, page.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(html::POLICY));
    response
}

#[cfg(test)]
mod tests;
