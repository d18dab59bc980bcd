//! `/api/organization/api_key`: an organization's API keys, seen to by who administers it.

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use identity::Secret;
use identity::api_key::ApiKeyId;
use identity::organization::OrganizationId;
use web::Wire;

use crate::trieve::error::{Refused, Reply, Voice, bad_request};
use crate::trieve::visit::Call;
use crate::trieve::{convert, wire};

const VOICE: Voice<'static> = Voice::Keys("organization");

/// contracts 4.5: shown once.
pub(in crate::trieve) async fn create(mut call: Call) -> Reply {
    let organization = named(&call)?;
    let body: wire::MakeOrganizationKey = call.body().await?;
    let make = convert::organization_key(body, call.visit.context.now);
    let make = make.map_err(|wrong| bad_request("body_malformed", wrong.0))?;
    let (keys, api_keys) = (&call.visit.trieve.keys, &call.identity().api_keys);
    let made = api_keys.create_for_organization(&call.op(), keys, &call.caller, organization, make).await;
    let made = made.map_err(call.refused(VOICE))?;
    let secret = made.secret.as_ref().map(Secret::expose).unwrap_or_default();
    Ok(call.ok(&wire::NewKey { api_key: secret }))
}

/// contracts 4.5: the document lists them, the product wraps the list. All are on one page.
pub(in crate::trieve) async fn list(call: Call) -> Reply {
    let organization = named(&call)?;
    let (door, api_keys) = (&call.visit.trieve.keys.door, &call.identity().api_keys);
    let keys = api_keys.list_of_organization(&call.op(), door, &call.caller, organization).await;
    let keys = keys.map_err(call.refused(VOICE))?;
    let listed: Vec<_> = keys.iter().map(|key| convert::key_of_organization(key, organization)).collect();
    Ok(match call.visit.trieve.wire {
        Wire::Documented => call.ok(&listed),
        Wire::Deployed => {
            let cursor = listed.last().map(|last| last.id);
            call.ok(&wire::OrganizationKeys { api_keys: listed, cursor })
        }
    })
}

pub(in crate::trieve) async fn end(mut call: Call) -> Reply {
    let organization = named(&call)?;
    let id = ApiKeyId(call.id().await?);
    let (door, api_keys) = (&call.visit.trieve.keys.door, &call.identity().api_keys);
    let ended = api_keys.end_of_organization(&call.op(), door, &call.caller, organization, id).await;
    ended.map_err(call.refused(VOICE))?;
    Ok(call.answer(StatusCode::NO_CONTENT.into_response()))
}

/// The organization that the header names.
fn named(call: &Call) -> Result<OrganizationId, Refused> {
    let missing = || bad_request("organization_missing", "TR-Organization must name the organization");
    call.tenant.organization.ok_or_else(missing)
}
