//! How many connections there may be, in all and of one network. How long each may be slow is in `patience.rs`.
//!
//! A client that connects and says nothing costs a place. Places are counted, and one address never holds more than its share
//! of them unless it is a trusted proxy's.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use ipnet::IpNet;

use crate::config::Limits;

/// Open files that are not connections: the database's, the log's, the listener's.
const OTHER_FILES: usize = 64;

/// The places there are for connections.
#[derive(Clone)]
pub struct Places(Arc<Inner>);

struct Inner {
    most: usize,
    of_network: usize,
    trusted: Vec<IpNet>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    refused: u64,
    by_network: HashMap<IpAddr, usize>,
}

/// One place; dropping it gives it back.
pub struct Place {
    places: Places,
    network: IpAddr,
}

impl Places {
    /// As many places as are configured and the system's limit on open files leaves, which is raised as far as it goes.
    pub fn new(limits: &Limits, trusted: &[IpNet]) -> Self {
        let files = raise_open_files();
        let most = limits.connections.min(files.saturating_sub(OTHER_FILES)).max(1);
        Self::with(most, limits.network_connections, trusted)
    }

    /// `of_network` = 0: half of all.
    pub(crate) fn with(most: usize, of_network: usize, trusted: &[IpNet]) -> Self {
        let of_network = if of_network == 0 { most.div_ceil(2) } else { of_network };
        Self(Arc::new(Inner { most, of_network, trusted: trusted.to_vec(), taken: Mutex::default() }))
    }

    /// A place for this address, if there is one left for it.
    pub(crate) fn take(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let network = network(address);
        let is_trusted = self.0.trusted.iter().any(|trusted| trusted.contains(&address));
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let here = taken.by_network.get(&network).copied().unwrap_or(0);
        if taken.all >= self.0.most || (!is_trusted && here >= self.0.of_network) {
            taken.refused += 1;
            // A flood is told by its doublings, so that it does not flood the log too.
            if taken.refused.is_power_of_two() {
                let (refused, held) = (taken.refused, taken.all);
                tracing::warn!(
                    refused,
                    held,
                    "no place for a connection: all are taken, or its network has its share"
                );
            }
            return None;
        }
        taken.all += 1;
        taken.by_network.insert(network, here + 1);
        Some(Place { places: self.clone(), network })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        if let Some(here) = taken.by_network.get_mut(&self.network) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                taken.by_network.remove(&self.network);
            }
        }
    }
}

/// One IPv4 address or one IPv6 /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// How many files this process may have open, now; none: the system has no such limit.
#[must_use]
pub fn open_files() -> Option<u64> {
    #[cfg(unix)]
    {
        rustix::process::getrlimit(rustix::process::Resource::Nofile).current
    }
    #[cfg(not(unix))]
    None
}

/// How many files this process may have open once it has raised its limit as the server does.
#[must_use]
pub fn open_files_at_most() -> Option<u64> {
    #[cfg(unix)]
    {
        rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum
    }
    #[cfg(not(unix))]
    None
}

/// Raises the soft limit on open files to the hard one; tells how many there may be.
fn raise_open_files() -> usize {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
        let current = if setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current };
        current.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX)
    }
    #[cfg(not(unix))]
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    /// security 2, no. 9: what a stranger can hold is bounded.
    #[test]
    fn one_address_holds_half_of_the_places_and_a_trusted_proxy_all() {
        let places = Places::with(4, 0, &["10.0.0.0/8".parse().expect("a network")]);
        let stranger = IpAddr::from([192, 0, 2, 1]);
        let held: Vec<_> = std::iter::from_fn(|| places.take(stranger)).collect();
        assert_eq!(held.len(), 2);
        assert!(places.take(IpAddr::from([192, 0, 2, 2])).is_some());
        drop(held);
        let proxy = IpAddr::from([10, 0, 0, 1]);
        let held: Vec<_> = std::iter::from_fn(|| places.take(proxy)).collect();
        assert_eq!(held.len(), 4);
        drop(held);
        assert!(places.0.taken.lock().expect("not poisoned").by_network.is_empty());
    }

    #[test]
    fn a_network_holds_what_it_is_allowed_to() {
        let places = Places::with(4, 3, &[]);
        let held: Vec<_> = std::iter::from_fn(|| places.take(IpAddr::from([192, 0, 2, 1]))).collect();
        assert_eq!(held.len(), 3);
    }

    #[test]
    fn one_ipv6_network_counts_as_one_address() {
        let of = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }
}
