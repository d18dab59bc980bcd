//! What was done, as the page says it that a form leads to. It comes in the address, so it is one of a few words: whoever
//! makes up such an address chooses a sentence and writes none.

use crate::pages::texts::Texts;
use crate::pages::visitor::Query;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Done {
    SessionEnded,
    OthersEnded,
    KeyEnded,
    ProviderLinked,
    ProviderUnlinked,
    AddressAsked,
    VerificationSent,
    PasswordChanged,
}

/// The parameter.
const NAME: &str = "done";

impl Done {
    const ALL: [Self; 8] = [
        Self::SessionEnded,
        Self::OthersEnded,
        Self::KeyEnded,
        Self::ProviderLinked,
        Self::ProviderUnlinked,
        Self::AddressAsked,
        Self::VerificationSent,
        Self::PasswordChanged,
    ];

    /// What the address says; any other word says nothing.
    pub(super) fn of(query: &Query) -> Option<Self> {
        let word = query.value(NAME)?;
        Self::ALL.into_iter().find(|done| done.word() == word)
    }

    /// The path of the page that says so.
    pub(in crate::pages) fn path(self) -> String {
        format!("{}?{NAME}={}", super::PATH, self.word())
    }

    fn word(self) -> &'static str {
        match self {
            Self::SessionEnded => "session-ended",
            Self::OthersEnded => "others-ended",
            Self::KeyEnded => "key-ended",
            Self::ProviderLinked => "provider-linked",
            Self::ProviderUnlinked => "provider-unlinked",
            Self::AddressAsked => "address-asked",
            Self::VerificationSent => "verification-sent",
            Self::PasswordChanged => "password-changed",
        }
    }

    /// The sentence.
    pub(super) fn said(self, t: Texts) -> String {
        match self {
            Self::SessionEnded => t.say("done-session-ended"),
            Self::OthersEnded => t.say("done-others-ended"),
            Self::KeyEnded => t.say("done-key-ended"),
            Self::ProviderLinked => t.say("done-provider-linked"),
            Self::ProviderUnlinked => t.say("done-provider-unlinked"),
            Self::AddressAsked => t.say("done-address-asked"),
            Self::VerificationSent => t.say("done-verification-sent"),
            Self::PasswordChanged => t.say("done-password-changed"),
        }
    }
}
