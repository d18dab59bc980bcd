//! Which guarded statements make up a change of the port.

use identity::ports::Change;

use crate::sql::Step;
use crate::users::NewAddress;
use crate::{
    address_changes, api_keys, audit, external_identities, flows, invitations, mail, master_key,
    organizations, refusals, sessions, signing_keys, throttles, tickets, users,
};

/// The guarded statements of one change, in their order.
pub(crate) fn steps(change: &Change) -> Vec<Step> {
    match change {
        Change::CreateUser(user) => users::create(user),
        Change::ClaimFirstUser => users::claim_first(),
        Change::HoldUser { user, version } => users::hold(*user, *version),
        Change::SetPassword { user, version, hash, must_change, at } => {
            users::set_password(*user, *version, hash, *must_change, *at)
        }
        Change::SetName { user, name, at } => users::set_name(*user, name, *at),
        Change::SetEmail { user, version, release, email, claim, verified, digest, at } => {
            users::set_email(&NewAddress {
                user: *user,
                version: *version,
                release: release.as_ref(),
                email,
                claim: *claim,
                verified: *verified,
                digest,
                at: *at,
            })
        }
        Change::OpenAddressChange { change, version } => address_changes::open(change, *version),
        Change::AgreeToAddress { user, side, at } => address_changes::agree(*user, *side, *at),
        Change::CloseAddressChange { user, side, at } => address_changes::close(*user, *side, *at),
        Change::VerifyEmail { user, version, password, at } => {
            users::verify_email(*user, *version, password.as_deref(), *at)
        }
        Change::RenewHash { user, from, to } => users::renew_hash(*user, from, to),
        Change::SetStatus { user, status, at } => users::set_status(*user, *status, *at),
        Change::DeleteUser { user, at, retired } => users::delete(*user, *at, retired),
        Change::OpenSession { session, version, limit, replaces } => {
            sessions::open(session, *version, *limit, *replaces)
        }
        Change::EndSession { session, at, reason } => sessions::end(*session, *at, *reason),
        Change::EndSessions { user, door, except, at, reason } => {
            sessions::end_all(*user, door.as_ref(), *except, *at, *reason)
        }
        Change::TouchSession(touch) => sessions::touch(*touch),
        Change::OpenApiKey { key, version, limit } => api_keys::open(key, *version, *limit),
        Change::UpdateApiKey { key, grant, expires, at } => api_keys::update(*key, *grant, *expires, *at),
        Change::EndApiKey { key, at, reason } => api_keys::end(*key, *at, *reason),
        Change::EndStandingKeys { user, at, reason } => api_keys::end_standing(*user, *at, *reason),
        Change::TouchApiKey { key, at } => api_keys::touch(*key, *at),
        Change::OpenTicket { ticket, signing_key, version, status } => {
            tickets::open(ticket, *signing_key, *version, *status)
        }
        Change::RedeemTicket { ticket, at } => tickets::redeem(*ticket, *at),
        Change::EndTickets { user } => tickets::end_all(*user),
        Change::LinkIdentity { identity, version } => external_identities::link(identity, *version),
        Change::UnlinkIdentity { identity, user, version, keeps } => {
            external_identities::unlink_one(*identity, *user, *version, *keeps)
        }
        Change::OpenFlow(new) => flows::open(new),
        Change::TakeFlow { flow, at } => flows::take(*flow, *at),
        Change::HandOver { flow, user, version, at } => flows::hand_over_to(*flow, *user, *version, *at),
        Change::ForgetFlows { before } => flows::forget(*before),
        Change::HoldSigningKey { key } => signing_keys::hold(*key),
        Change::AddSigningKey { key, previous } => signing_keys::add(key, *previous),
        Change::DropSigningKeys { key_use, at } => signing_keys::drop_retired(*key_use, *at),
        Change::ForgetSigningKeys { before } => signing_keys::forget(*before),
        Change::CreateOrganization(new) => organizations::create(new),
        Change::OpenMembership(new) => organizations::join(new),
        Change::HoldMembership { membership, role } => organizations::hold(*membership, *role),
        Change::SetMembershipRole { membership, role, at } => {
            organizations::set_role(*membership, *role, *at)
        }
        Change::EndMembership { membership } => organizations::leave(*membership),
        Change::OpenInvitation(new) => invitations::open(new),
        Change::RedeemInvitation { invitation, user, at } => invitations::redeem(*invitation, *user, *at),
        Change::Admit(new) => invitations::admit(new),
        Change::WithdrawInvitation { invitation } => invitations::withdraw(*invitation),
        Change::ForgetInvitations { before } => invitations::forget(*before),
        Change::OpenOrganizationKey { key, organization, limit } => {
            api_keys::open_of_organization(key, *organization, *limit)
        }
        Change::QueueMail(new) => mail::queue(new),
        Change::ClaimMail { mail, tries, until } => mail::claim(*mail, *tries, *until),
        Change::MailSent { mail, at } => mail::sent(*mail, *at),
        Change::MailLater { mail, tries, due } => mail::later(*mail, *tries, *due),
        Change::MailFailed { mail, at } => mail::failed(*mail, *at),
        Change::ForgetMail { before } => mail::forget(*before),
        Change::Reserve { bucket, seen, next } => throttles::reserve(bucket, seen.as_ref(), next),
        Change::ReserveSucceeded { bucket } => throttles::succeeded(bucket),
        Change::ReserveFailed { bucket, at } => throttles::failed(bucket, *at),
        Change::ReserveReleased { bucket } => throttles::released(bucket),
        Change::ClearThrottle { bucket } => throttles::clear(bucket),
        Change::ClearAllThrottles { user } => throttles::clear_all(*user),
        Change::CountAtPlace { place, at, anew_since } => throttles::count_at_place(place, *at, *anew_since),
        Change::NotePlace { place, user, at } => throttles::note_place(place, *user, *at),
        Change::ForgetPlaces { before } => throttles::forget_places(*before),
        Change::ForgetThrottles { before } => throttles::forget(*before),
        Change::ForgetEvents { before, limit } => audit::forget(*before, *limit),
        Change::KeepRefusal { refused, of_network, of_rule } => {
            refusals::keep(refused, *of_network, *of_rule)
        }
        Change::CountLeftOut { rule, count, at } => refusals::count_left_out(rule, *count, *at),
        Change::ForgetRefusals { before } => refusals::forget(*before),
        Change::RecordMasterKey { check } => master_key::record(check),
    }
}
