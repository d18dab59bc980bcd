//! How each engine spells a violated constraint, mapped to one conflict.

use identity::ports::Conflict;

/// The conflict behind SQLite's message, which names columns: `UNIQUE constraint failed: login_names.key`.
pub(crate) fn from_sqlite(message: &str) -> Option<Conflict> {
    let columns = message.strip_prefix("UNIQUE constraint failed: ")?;
    match columns {
        "login_names.key" => Some(Conflict::LoginNameTaken),
        "api_keys.user_number, api_keys.door" => Some(Conflict::StandingKeyExists),
        "external_identities.issuer, external_identities.subject" => Some(Conflict::IdentityTaken),
        "memberships.organization, memberships.user_number" => Some(Conflict::MembershipExists),
        "invitations.organization, invitations.address_key" => Some(Conflict::InvitationExists),
        "signing_keys.key_use" => Some(Conflict::SigningKeyChanged),
        "throttles.bucket_kind, throttles.bucket" => Some(Conflict::ThrottleChanged),
        "master_key.only_row" => Some(Conflict::MasterKeyRecorded),
        _ => None,
    }
}

/// The conflict behind a unique constraint of PostgreSQL, which has the name that the migrations give it.
pub(crate) fn from_postgres(constraint: &str) -> Option<Conflict> {
    match constraint {
        "login_names_key" => Some(Conflict::LoginNameTaken),
        "api_keys_standing" => Some(Conflict::StandingKeyExists),
        "external_identities_subject" => Some(Conflict::IdentityTaken),
        "memberships_once" => Some(Conflict::MembershipExists),
        "invitations_live" => Some(Conflict::InvitationExists),
        "signing_keys_active" => Some(Conflict::SigningKeyChanged),
        "throttles_bucket" => Some(Conflict::ThrottleChanged),
        "master_key_only_row" => Some(Conflict::MasterKeyRecorded),
        _ => None,
    }
}
