//! `/api/invitation` and `/api/invitations`: who is invited to an organization, by who administers it.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use identity::Rule;
use identity::organization::{InvitationId, OrganizationId};
use identity::{Error, ErrorKind};

use crate::trieve::error::{Refused, Reply, Voice, bad_request, place_refused};
use crate::trieve::visit::Call;
use crate::trieve::{convert, wire};

/// contracts 4.5.
pub(in crate::trieve) async fn invite(mut call: Call) -> Reply {
    let body: wire::Invite = call.body().await?;
    let organization = organization(&call, body.organization_id)?;
    let places = &call.visit.trieve.web.return_urls;
    if !places.allows(&body.app_url) || body.app_url.contains(['?', '#']) {
        return Err(place_refused("app_url", &body.app_url));
    }
    if places.place(&body.redirect_uri).is_none() {
        return Err(place_refused("redirect_uri", &body.redirect_uri));
    }
    let invite = convert::invite(body).map_err(|wrong| bad_request("body_malformed", wrong.0))?;
    let address = invite.email.clone();
    let organizations = &call.identity().organizations;
    let invited = organizations.invite(&call.op(), &call.caller, organization, invite).await;
    invited.map_err(call.refused(Voice::Invitation(&address)))?;
    Ok(call.answer(StatusCode::NO_CONTENT.into_response()))
}

/// contracts 4.5: in the body as in the seed's time, in the header as in the newest; both must say the same.
fn organization(call: &Call, in_body: Option<uuid::Uuid>) -> Result<OrganizationId, Refused> {
    match (in_body.map(OrganizationId), call.tenant.organization) {
        (Some(named), None) | (None, Some(named)) => Ok(named),
        (Some(body), Some(header)) if body == header => Ok(body),
        (Some(_), Some(_)) => Err(call.refused(Voice::Plain)(another())),
        (None, None) => {
            let text = "organization_id or TR-Organization must name the organization";
            Err(bad_request("organization_missing", text))
        }
    }
}

fn another() -> Error {
    let (seen, wanted) = ("two organizations", "one, by whatever names it");
    Error::new(ErrorKind::Forbidden).because(Rule::Organization, seen, wanted)
}

pub(in crate::trieve) async fn list(mut call: Call) -> Reply {
    let organization = OrganizationId(call.id().await?);
    let refused = call.refused(Voice::Plain);
    if call.tenant.organization.is_some_and(|header| header != organization) {
        return Err(refused(another()));
    }
    let organizations = &call.identity().organizations;
    let invitations = organizations.invitations(&call.op(), &call.caller, organization).await;
    let invitations = invitations.map_err(refused)?;
    let body: Vec<_> = invitations.iter().map(convert::invitation).collect();
    Ok(call.ok(&body))
}

pub(in crate::trieve) async fn withdraw(mut call: Call) -> Reply {
    let id = InvitationId(call.id().await?);
    let withdrawn = call.identity().organizations.withdraw(&call.op(), &call.caller, id).await;
    withdrawn.map_err(call.refused(Voice::Plain))?;
    Ok(call.answer(StatusCode::NO_CONTENT.into_response()))
}
