//! A login under way: somebody was sent to a provider and has not come back yet.
//!
//! A flow belongs to the browser that began it, to one door and to one provider. It is taken once, by whoever comes
//! back with its `state` in that browser; what it took is over, however the login ends. The database keeps digests of
//! what the browser and the `state` are known by; nonce and PKCE verifier are derived from the `state` with the master
//! key, so that a copy of the database finishes nobody's login.

use std::fmt;
use std::time::Duration;

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::federation::ProviderId;
use crate::master_key::{MasterKey, Purpose};
use crate::op::Timestamp;
use crate::organization::joining::KeptJoining;
use crate::secret::{Digest, Secret, SecretForm};
use crate::session::SessionId;
use crate::surface::Door;
use crate::user::UserNumber;

/// How long a login may take at the provider (contracts 8.9).
pub const LIFE: Duration = Duration::from_mins(10);

/// What a `state` looks like: 256 random bits.
pub(crate) const STATE: SecretForm = SecretForm::Hex { prefix: String::new(), digits: 64 };

/// A flow's id: UUIDv7, never a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub Uuid);

impl fmt::Display for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A login under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its id.
    pub id: FlowId,
    /// The provider that somebody was sent to.
    pub provider: ProviderId,
    /// The door that it began at.
    pub door: Door,
    /// What is kept of the secret that the browser is known by.
    pub browser: Digest,
    /// Where the browser is led when the login is done; checked before it was kept. Empty: the door's usual place.
    pub return_to: String,
    /// Where whoever comes back wants to belong; of a door without organizations nothing.
    pub joining: KeptJoining,
    /// When it began.
    pub created: Timestamp,
    /// When it is over by itself.
    pub expires: Timestamp,
    /// The session that wants the identity linked to its user; `None`: somebody signs in. The one never ends as the
    /// other.
    pub links: Option<SessionId>,
    /// Of a login at our own page what it leads back to; `None`: it is at a provider.
    pub hand_over: Option<HandOver>,
}

/// A login at our own page for a door that has none: the page hands over whoever signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Where the door wants the browser back, without a query.
    pub callback: String,
    /// Who was handed over, with the credential version that was read then.
    pub to: Option<(UserNumber, i64)>,
}

/// A flow about to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFlow {
    /// The row.
    pub flow: Flow,
    /// What is kept of its `state`.
    pub digest: Digest,
}

/// The nonce of a flow with this `state`: 64 hexadecimal digits.
pub(crate) fn nonce(key: &MasterKey, state: &Secret) -> Zeroizing<String> {
    derived(key, Purpose::FlowNonce, state)
}

/// The PKCE verifier of a flow with this `state`: 64 characters of those that RFC 7636 section 4.1 allows.
pub(crate) fn verifier(key: &MasterKey, state: &Secret) -> Zeroizing<String> {
    derived(key, Purpose::FlowVerifier, state)
}

/// The one-time code that a browser brings back from our own page. Only the browser that somebody signed in with is told
/// it; whoever knows the `state` alone cannot make it.
pub(crate) fn code(key: &MasterKey, state: &Secret) -> Zeroizing<String> {
    derived(key, Purpose::FlowCode, state)
}

/// In hexadecimal digits, which stand for themselves in a URL and a form.
fn derived(key: &MasterKey, purpose: Purpose, state: &Secret) -> Zeroizing<String> {
    let digest = Zeroizing::new(key.keyed_digest(purpose, state.expose().as_bytes()));
    let mut text = Zeroizing::new(String::with_capacity(2 * digest.len()));
    for byte in digest.iter() {
        for nibble in [byte >> 4, byte & 0xf] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}
