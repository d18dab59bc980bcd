//! What is known about one request before any decision: the time, where it came from, who acts.
//!
//! `Op` is the first argument of every use case. It is made once a request by the caller of the core (`web`,
//! the command line, a background job); nothing below asks a clock or a socket again.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use uuid::Uuid;

use crate::api_key::ApiKeyId;
use crate::organization::OrganizationId;
use crate::session::SessionId;
use crate::surface::Door;
use crate::user::UserNumber;

/// A point in time: milliseconds since the epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    /// Saturates at the end of time, so that a configured "thousand years" cannot wrap into the past.
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// The number a request bears in the log, in the audit trail and in its answer's `X-Request-Id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// What is taken for one place in the network: one IPv4 address, also where it comes as an IPv6 one, or an IPv6 /64,
/// of which one household has all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    /// The address.
    V4(u32),
    /// The upper half of the address.
    V6(u64),
}

impl Network {
    /// As bytes, each network's other than every other's.
    pub fn to_bytes(self) -> [u8; 9] {
        let mut bytes = [0; 9];
        let (family, number) = match self {
            Self::V4(v4) => (4, u64::from(v4)),
            Self::V6(v6) => (6, v6),
        };
        for (to, from) in bytes.iter_mut().zip([family].into_iter().chain(number.to_be_bytes())) {
            *to = from;
        }
        bytes
    }
}

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address; a proxy's word counts only when the proxy is trusted. `None`: not from a network.
    pub address: Option<IpAddr>,
    /// Whether what fails there is not counted by the address: many people's, or the operator's own
    /// (`[limits] trusted_addresses`).
    pub is_trusted: bool,
    /// What the client calls itself; cut to [`Origin::USER_AGENT_CHARS`].
    pub user_agent: String,
    /// The door it came in by; `None` for the command line and background jobs.
    pub door: Option<Door>,
}

impl Origin {
    /// The longest user agent that is kept, in code points.
    pub const USER_AGENT_CHARS: usize = 256;

    /// The network it came from; `None`: not from one.
    pub fn network(&self) -> Option<Network> {
        Some(match self.address?.to_canonical() {
            IpAddr::V4(v4) => Network::V4(v4.into()),
            IpAddr::V6(v6) => Network::V6(u64::try_from(u128::from(v6) >> 64).unwrap_or(u64::MAX)),
        })
    }

    /// The network whose tries are counted together; `None`: it is not from one, or from a trusted address.
    pub fn counted_network(&self) -> Option<Network> {
        self.network().filter(|_| !self.is_trusted)
    }

    /// The key under which this origin waits for the hashing pool, so that a flood from one network does not starve the
    /// others.
    pub fn lane(&self) -> password::Lane {
        password::Lane(match self.network() {
            None => 0,
            // It cannot collide with a routable IPv6 network in practice, and a collision only shares a turn.
            Some(Network::V4(v4)) => u64::from(v4) | 1 << 63,
            Some(Network::V6(v6)) => v6,
        })
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody has been recognised.
    Anonymous,
    /// A user, by a session.
    User {
        /// Whose session it is.
        user: UserNumber,
        /// The same user by id, which outlives the user in the audit trail.
        id: Uuid,
        /// The session that was presented.
        session: SessionId,
    },
    /// A user, by a provider's access token.
    Federated {
        /// Whom the provider says it is.
        user: UserNumber,
        /// The same user by id.
        id: Uuid,
    },
    /// A user, by an API key.
    ApiKey {
        /// Whose key it is.
        user: UserNumber,
        /// The same user by id.
        id: Uuid,
        /// The key that was presented.
        key: ApiKeyId,
    },
    /// Nobody, for an organization, by its API key.
    OrganizationKey {
        /// Whose key it is.
        organization: OrganizationId,
        /// The key that was presented.
        key: ApiKeyId,
    },
    /// Somebody with access to the machine: the command line.
    Operator,
    /// A background job.
    System,
}

impl Actor {
    /// The word for this kind of actor in the audit trail.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User { .. } => "user",
            Self::Federated { .. } => "federated",
            Self::ApiKey { .. } => "api_key",
            Self::OrganizationKey { .. } => "organization_key",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    /// Which user acts, by id; `None`: nobody who was recognised, or no user.
    pub fn user_id(&self) -> Option<Uuid> {
        match self {
            Self::User { id, .. } | Self::Federated { id, .. } | Self::ApiKey { id, .. } => Some(*id),
            Self::Anonymous | Self::OrganizationKey { .. } | Self::Operator | Self::System => None,
        }
    }
}

/// One request, as the core sees it.
#[derive(Debug, Clone)]
pub struct Op {
    /// The time of the request, read once.
    pub now: Timestamp,
    /// Where it came from.
    pub origin: Origin,
    /// Its number.
    pub request: RequestId,
    /// Who acts.
    pub actor: Actor,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_saturates_and_never_wraps() {
        let late = Timestamp::from_millis(i64::MAX - 5);
        assert_eq!((late + Duration::from_secs(1)).millis(), i64::MAX);
        assert_eq!(Timestamp::from_millis(5).since(Timestamp::from_millis(9)), Duration::ZERO);
        assert_eq!(Timestamp::from_millis(9).since(Timestamp::from_millis(5)), Duration::from_millis(4));
    }

    #[test]
    fn one_ipv6_network_is_one_lane_and_mapped_ipv4_is_ipv4() {
        let lane =
            |text: &str| Origin { address: Some(text.parse().expect("address")), ..Origin::default() }.lane();
        assert_eq!(lane("2001:db8:1:2::1"), lane("2001:db8:1:2:ffff::9"));
        assert_ne!(lane("2001:db8:1:2::1"), lane("2001:db8:1:3::1"));
        assert_eq!(lane("192.0.2.7"), lane("::ffff:192.0.2.7"));
        assert_ne!(lane("192.0.2.7"), lane("192.0.2.8"));
    }

    #[test]
    fn an_ipv4_and_an_ipv6_network_are_never_the_same() {
        let network = |text: &str| {
            Origin { address: Some(text.parse().expect("address")), ..Origin::default() }.network()
        };
        let v4 = network("192.0.2.7").expect("a network");
        let v6 = network("0:0:c000:207::1").expect("a network");
        assert_ne!(v4.to_bytes(), v6.to_bytes());
        assert_eq!(network("::ffff:192.0.2.7"), Some(v4));
        assert_eq!(Origin::default().network(), None);
    }
}
