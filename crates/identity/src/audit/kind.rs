//! Which facts the audit trail tells of. What belongs to one is in the module above.

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A session was opened; the detail names the provider, if it was not with a password.
    SignedIn,
    /// A login failed; the detail says why.
    SignInFailed,
    /// A failure made the next tries wait; the detail says which. What is refused while it lasts is [`Self::Throttled`].
    WaitBegan,
    /// A limit refused a try that was not made; the detail names the limit. At most once a minute in each process for what
    /// the limit counts together, so that a flood does not fill the trail.
    Throttled,
    /// There were so many failures in a row that the password is not taken any more, except from where its owner is known.
    PasswordStopped,
    /// One session was ended; the detail is the reason.
    SessionEnded,
    /// All sessions of a user, by one door or every door, were ended; the detail is the reason.
    SessionsEnded,
    /// A user was made; the detail says how, if that was not by somebody else.
    UserCreated,
    /// A password was set by an operator.
    PasswordSet,
    /// A password was changed by its owner.
    PasswordChanged,
    /// A password was to be changed by somebody who has a session and did not show the old one.
    PasswordChangeFailed,
    /// A user was suspended.
    UserSuspended,
    /// A user was activated.
    UserActivated,
    /// A user was deleted.
    UserDeleted,
    /// Somebody signed up, with a new address or one that has an account.
    SignedUp,
    /// An address was verified by a mailed ticket.
    EmailVerified,
    /// A user got another address.
    EmailChanged,
    /// A user asked for another address.
    EmailChangeAsked,
    /// One of the two sides agreed to another address, and the other is waited for; the detail says which.
    EmailChangeAgreed,
    /// What to call a user was changed.
    UserRenamed,
    /// A forgotten password was replaced by way of a mailed ticket.
    PasswordRestored,
    /// A message was queued on a stranger's word; the detail is what it is for.
    TicketSent,
    /// A message was asked for and not queued; the detail says why.
    TicketRefused,
    /// A mailed ticket was exchanged for one that sets a password.
    TicketExchanged,
    /// A token with claims or permissions of its own was made.
    TokenMinted,
    /// An API key was made.
    ApiKeyCreated,
    /// What an API key may do, or its end, was changed.
    ApiKeyChanged,
    /// An API key was ended.
    ApiKeyEnded,
    /// A user was linked to a provider; the detail names it.
    IdentityLinked,
    /// A user signed in at our own page for another door; the detail names it.
    HandedOver,
    /// A user's link to a provider was taken away; the detail names the provider, if it is configured still.
    IdentityUnlinked,
    /// A token for other services was made for a service; the detail names it.
    ServiceTokenMinted,
    /// The first key of a use was made; the detail names the use.
    SigningKeyCreated,
    /// Another key signs; the detail says what became of the one before.
    SigningKeyRotated,
    /// An organization was made; the detail names it.
    OrganizationCreated,
    /// A user became a member of an organization; the detail names it.
    OrganizationJoined,
    /// A member got another role; the detail names the organization.
    MembershipChanged,
    /// A member was taken out of an organization; the detail names it.
    OrganizationLeft,
    /// A user invited somebody to an organization; the detail names it.
    InvitationSent,
    /// A user took an invitation back; the detail names the organization.
    InvitationWithdrawn,
    /// A message left; the detail is its kind.
    MailSent,
    /// A message was given up; the detail is its kind.
    MailFailed,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 42] = [
        Self::SignedIn,
        Self::SignInFailed,
        Self::WaitBegan,
        Self::Throttled,
        Self::PasswordStopped,
        Self::SessionEnded,
        Self::SessionsEnded,
        Self::UserCreated,
        Self::PasswordSet,
        Self::PasswordChanged,
        Self::PasswordChangeFailed,
        Self::UserSuspended,
        Self::UserActivated,
        Self::UserDeleted,
        Self::SignedUp,
        Self::EmailVerified,
        Self::EmailChanged,
        Self::EmailChangeAsked,
        Self::EmailChangeAgreed,
        Self::UserRenamed,
        Self::PasswordRestored,
        Self::TicketSent,
        Self::TicketRefused,
        Self::TicketExchanged,
        Self::TokenMinted,
        Self::ApiKeyCreated,
        Self::ApiKeyChanged,
        Self::ApiKeyEnded,
        Self::IdentityLinked,
        Self::HandedOver,
        Self::IdentityUnlinked,
        Self::ServiceTokenMinted,
        Self::SigningKeyCreated,
        Self::SigningKeyRotated,
        Self::OrganizationCreated,
        Self::OrganizationJoined,
        Self::MembershipChanged,
        Self::OrganizationLeft,
        Self::InvitationSent,
        Self::InvitationWithdrawn,
        Self::MailSent,
        Self::MailFailed,
    ];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::WaitBegan => "wait_began",
            Self::Throttled => "throttled",
            Self::PasswordStopped => "password_stopped",
            Self::SessionEnded => "session_ended",
            Self::SessionsEnded => "sessions_ended",
            Self::UserCreated => "user_created",
            Self::PasswordSet => "password_set",
            Self::PasswordChanged => "password_changed",
            Self::PasswordChangeFailed => "password_change_failed",
            Self::UserSuspended => "user_suspended",
            Self::UserActivated => "user_activated",
            Self::UserDeleted => "user_deleted",
            Self::SignedUp => "signed_up",
            Self::EmailVerified => "email_verified",
            Self::EmailChanged => "email_changed",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChangeAgreed => "email_change_agreed",
            Self::UserRenamed => "user_renamed",
            Self::PasswordRestored => "password_restored",
            Self::TicketSent => "ticket_sent",
            Self::TicketRefused => "ticket_refused",
            Self::TicketExchanged => "ticket_exchanged",
            Self::TokenMinted => "token_minted",
            Self::ApiKeyCreated => "api_key_created",
            Self::ApiKeyChanged => "api_key_changed",
            Self::ApiKeyEnded => "api_key_ended",
            Self::IdentityLinked => "identity_linked",
            Self::HandedOver => "handed_over",
            Self::IdentityUnlinked => "identity_unlinked",
            Self::ServiceTokenMinted => "service_token_minted",
            Self::SigningKeyCreated => "signing_key_created",
            Self::SigningKeyRotated => "signing_key_rotated",
            Self::OrganizationCreated => "organization_created",
            Self::OrganizationJoined => "organization_joined",
            Self::MembershipChanged => "membership_changed",
            Self::OrganizationLeft => "organization_left",
            Self::InvitationSent => "invitation_sent",
            Self::InvitationWithdrawn => "invitation_withdrawn",
            Self::MailSent => "mail_sent",
            Self::MailFailed => "mail_failed",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it was done, or refused.
    pub fn outcome(self) -> Outcome {
        match self {
            Self::SignInFailed
            | Self::WaitBegan
            | Self::Throttled
            | Self::PasswordStopped
            | Self::PasswordChangeFailed
            | Self::TicketRefused
            | Self::MailFailed => Outcome::Refused,
            Self::SignedIn
            | Self::SessionEnded
            | Self::SessionsEnded
            | Self::UserCreated
            | Self::PasswordSet
            | Self::PasswordChanged
            | Self::UserSuspended
            | Self::UserActivated
            | Self::UserDeleted
            | Self::SignedUp
            | Self::EmailVerified
            | Self::EmailChanged
            | Self::EmailChangeAsked
            | Self::EmailChangeAgreed
            | Self::UserRenamed
            | Self::PasswordRestored
            | Self::TicketSent
            | Self::TicketExchanged
            | Self::TokenMinted
            | Self::ApiKeyCreated
            | Self::ApiKeyChanged
            | Self::ApiKeyEnded
            | Self::IdentityLinked
            | Self::HandedOver
            | Self::IdentityUnlinked
            | Self::ServiceTokenMinted
            | Self::SigningKeyCreated
            | Self::SigningKeyRotated
            | Self::OrganizationCreated
            | Self::OrganizationJoined
            | Self::MembershipChanged
            | Self::OrganizationLeft
            | Self::InvitationSent
            | Self::InvitationWithdrawn
            | Self::MailSent => Outcome::Ok,
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Ok,
    /// It was tried and did not come about, or something was closed by such tries.
    Refused,
}

impl Outcome {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
        }
    }
}
