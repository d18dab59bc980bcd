//! Which change is told of by which events: every kind of change there is, with no other way to say nothing than a reason.
//!
//! The compiler refuses a change that is not in it, and the core's own way to the store refuses, while it is tested, a
//! commit that keeps silent. What such an event says is the use case's.

use std::ops::Deref;
use std::sync::Arc;

use super::EventKind::{self, *};
use crate::ports::{Change, Commit, Committed, Store, StoreResult};

/// What the trail has of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// An event of one of these kinds is in the same commit.
    By(&'static [EventKind]),
    /// Nothing, because of this.
    Silent(&'static str),
}

use Told::{By, Silent};

/// What holds a password's try.
const TRIES: &[EventKind] = &[SignedIn, SignInFailed, PasswordChanged, PasswordChangeFailed];
/// What sends somebody a message.
const MAILED: &[EventKind] = &[
    PasswordSet,
    IdentityLinked,
    IdentityUnlinked,
    TicketSent,
    InvitationSent,
    EmailChangeAsked,
    EmailChangeAgreed,
    EmailChanged,
    PasswordChanged,
    PasswordRestored,
];
const LOCK: Told = Silent("a lock, which changes nothing");
const COUNT: Told = Silent("a count of tries; the try itself is told of, and a limit that it meets");
const OLD: Told = Silent("what was over already is forgotten");

/// What is told of this change.
fn told(change: &Change) -> Told {
    match change {
        Change::CreateUser(_) => By(&[UserCreated, SignedUp]),
        Change::HoldUser { .. } | Change::HoldSigningKey { .. } | Change::HoldMembership { .. } => LOCK,
        Change::ClaimFirstUser => LOCK,
        Change::SetPassword { .. } => By(&[PasswordSet, PasswordChanged, PasswordRestored]),
        Change::SetName { .. } => By(&[UserRenamed, SignedUp, EmailVerified]),
        Change::SetEmail { .. } | Change::CloseAddressChange { .. } => By(&[EmailChanged]),
        Change::OpenAddressChange { .. } => By(&[EmailChangeAsked]),
        Change::AgreeToAddress { .. } => By(&[EmailChangeAgreed]),
        Change::VerifyEmail { .. } => By(&[EmailVerified]),
        Change::RenewHash { .. } => Silent("the same password under another cost"),
        Change::SetStatus { .. } => By(&[UserSuspended, UserActivated]),
        Change::DeleteUser { .. } => By(&[UserDeleted]),
        Change::OpenSession { .. } => By(&[SignedIn, TokenMinted]),
        Change::EndSession { .. } => By(&[SessionEnded]),
        Change::EndSessions { .. } | Change::EndStandingKeys { .. } => {
            By(&[SessionsEnded, UserSuspended, UserDeleted, PasswordSet, PasswordRestored])
        }
        Change::TouchSession(_) | Change::TouchApiKey { .. } => {
            Silent("a use, which the session or the key itself has the time of")
        }
        Change::OpenApiKey { .. } | Change::OpenOrganizationKey { .. } => By(&[ApiKeyCreated]),
        Change::UpdateApiKey { .. } => By(&[ApiKeyChanged]),
        Change::EndApiKey { .. } => By(&[ApiKeyEnded]),
        Change::OpenTicket { .. } => By(&[TicketSent, TicketExchanged, EmailChangeAsked, InvitationSent]),
        Change::RedeemTicket { .. } => {
            By(&[EmailVerified, PasswordRestored, TicketExchanged, EmailChanged, EmailChangeAgreed])
        }
        Change::EndTickets { .. } => Silent("what they were for is over by a change in the same commit"),
        Change::LinkIdentity { .. } => By(&[IdentityLinked]),
        Change::UnlinkIdentity { .. } => By(&[IdentityUnlinked]),
        Change::OpenFlow(_) => Silent("anybody may begin a login; how it ends is told of"),
        Change::TakeFlow { .. } => Silent("a login goes on; how it ends is told of"),
        Change::HandOver { .. } => By(&[HandedOver]),
        Change::AddSigningKey { .. } => By(&[SigningKeyCreated, SigningKeyRotated]),
        Change::DropSigningKeys { .. } => By(&[SigningKeyRotated]),
        Change::CreateOrganization(_) => By(&[OrganizationCreated]),
        Change::OpenMembership(_) => By(&[OrganizationJoined, OrganizationCreated]),
        Change::SetMembershipRole { .. } => By(&[MembershipChanged]),
        Change::EndMembership { .. } => By(&[OrganizationLeft]),
        Change::OpenInvitation(_) => By(&[InvitationSent]),
        Change::RedeemInvitation { .. } | Change::Admit(_) => By(&[OrganizationJoined]),
        Change::WithdrawInvitation { .. } => By(&[InvitationWithdrawn, InvitationSent]),
        Change::QueueMail(_) => By(MAILED),
        Change::ClaimMail { .. } | Change::MailLater { .. } => {
            Silent("a message on its way; that it left, or never will, is told of")
        }
        Change::MailSent { .. } => By(&[MailSent]),
        Change::MailFailed { .. } => By(&[MailFailed]),
        Change::ReserveSucceeded { .. } | Change::ReserveFailed { .. } => By(TRIES),
        Change::Reserve { .. } | Change::ReserveReleased { .. } | Change::CountAtPlace { .. } => COUNT,
        Change::ClearThrottle { .. } | Change::ClearAllThrottles { .. } => COUNT,
        Change::NotePlace { .. } => Silent("the login in the same commit says from where it came"),
        Change::ForgetFlows { .. }
        | Change::ForgetSigningKeys { .. }
        | Change::ForgetInvitations { .. }
        | Change::ForgetMail { .. }
        | Change::ForgetPlaces { .. }
        | Change::ForgetThrottles { .. }
        | Change::ForgetRefusals { .. } => OLD,
        Change::ForgetEvents { .. } => Silent("the trail's own end, which the configuration says"),
        Change::KeepRefusal { .. } | Change::CountLeftOut { .. } => {
            Silent("a record of its own, of what was not done")
        }
        Change::RecordMasterKey { .. } => Silent("the first start, before anybody could act"),
    }
}

/// The changes that are not told of in the commit that makes them, as they are called.
fn untold(commit: &Commit) -> Vec<String> {
    let silent = commit.changes.iter().filter(|change| match told(change) {
        Silent(_) => false,
        By(kinds) => !commit.events.iter().any(|event| kinds.contains(&event.kind)),
    });
    silent.map(name).collect()
}

/// A change's name, and nothing of what it holds.
fn name(change: &Change) -> String {
    let text = format!("{change:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// The core's only way to the store.
pub(crate) struct Ledger(pub(crate) Arc<dyn Store>);

impl Deref for Ledger {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl Ledger {
    /// [`Store::commit`]. In a program that is tested, not in one that is shipped, a commit that keeps silent about what it
    /// does is a fault of this program.
    pub(crate) async fn commit(&self, commit: Commit) -> StoreResult<Committed> {
        debug_assert_eq!(untold(&commit), Vec::<String>::new(), "changes that no event tells of");
        self.0.commit(commit).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Event;
    use crate::op::{Actor, Op, Origin, RequestId, Timestamp};
    use crate::session::{EndReason, SessionId};
    use uuid::Uuid;

    fn commit(kinds: &[EventKind]) -> Commit {
        let now = Timestamp::from_millis(0);
        let request = RequestId(Uuid::nil());
        let op = Op { now, origin: Origin::default(), request, actor: Actor::System };
        let end = Change::EndSession { session: SessionId(Uuid::nil()), at: now, reason: EndReason::Revoked };
        let forget = Change::ForgetFlows { before: now };
        let events = kinds.iter().map(|kind| Event::new(&op, *kind)).collect();
        Commit { changes: vec![forget, end], events }
    }

    /// security 2, no. 49: what happened cannot be without being on record.
    #[test]
    fn a_commit_that_keeps_silent_is_found() {
        assert_eq!(untold(&commit(&[])), ["EndSession"]);
        assert_eq!(
            untold(&commit(&[MailSent])),
            ["EndSession"],
            "an event of another kind says nothing of it"
        );
        assert!(untold(&commit(&[MailSent, SessionEnded])).is_empty());
    }

    /// security 2, no. 49.
    #[test]
    fn every_kind_of_event_is_told_of_a_change_or_stands_alone() {
        // What happens without a change of its own.
        let alone = [WaitBegan, Throttled, PasswordStopped, TicketRefused, ServiceTokenMinted];
        let source = include_str!("told.rs");
        let (table, _) = source.split_once("/// The changes that are not told").expect("the table");
        for kind in EventKind::ALL {
            let named = table.split(|c: char| !c.is_alphanumeric()).any(|word| word == format!("{kind:?}"));
            assert_ne!(named, alone.contains(&kind), "{kind:?}");
        }
    }
}
