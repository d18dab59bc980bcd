//! The client's address: the peer's, unless the peer is a proxy that the operator trusts.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// A list of networks.
#[derive(Debug, Clone, Default)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// These.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// Whether this address, which may be an IPv4 one in an IPv6 one's form, is in one of them.
    pub fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// The proxies whose `X-Forwarded-For` is believed (`trusted_proxies`).
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Networks);

impl TrustedProxies {
    /// These networks.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(Networks::new(networks))
    }

    /// The client's address.
    ///
    /// The list is walked from the right, from the nearest hop outwards, past every trusted proxy; the first
    /// address that is not one is the client. What stands left of it was written by the client and is not read.
    /// An entry that is no address ends the walk at the hop that wrote it.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let mut hops = headers
            .get_all("x-forwarded-for")
            .iter()
            .rev()
            .flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
        while self.0.holds(client) {
            let Some(Some(next)) = hops.next().map(parse_hop) else { break };
            client = next;
        }
        client
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
fn parse_hop(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop.trim_ascii()).ok()?;
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address =
        bare.parse::<IpAddr>().or_else(|_| text.parse().map(|socket: std::net::SocketAddr| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let proxies =
            TrustedProxies::new(trusted.iter().map(|net| net.parse().expect("a network")).collect());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(value.as_bytes()).expect("a header"));
        }
        proxies.client(peer.parse().expect("an address"), &headers).to_string()
    }

    /// security 2, no. 12.
    #[test]
    fn the_header_is_ignored_unless_the_peer_is_trusted() {
        assert_eq!(client(&[], "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
        assert_eq!(client(&["10.0.0.0/8"], "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
    }

    /// security 1, client-address; security 2, no. 12.
    #[test]
    fn the_walk_goes_from_right_to_left_and_stops_at_the_first_stranger() {
        let trusted = &["10.0.0.0/8", "fd00::/8"];
        assert_eq!(client(trusted, "10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(trusted, "10.0.0.1", &["1.1.1.1, 203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(client(trusted, "10.0.0.1", &["1.1.1.1", "203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(client(trusted, "fd00::1", &["[2001:db8::7]:4711"]), "2001:db8::7");
        assert_eq!(client(trusted, "10.0.0.1", &["203.0.113.9:80"]), "203.0.113.9");
        assert_eq!(client(trusted, "::ffff:10.0.0.1", &["::ffff:203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn nonsense_ends_the_walk_at_the_hop_that_wrote_it() {
        let trusted = &["10.0.0.0/8"];
        assert_eq!(client(trusted, "10.0.0.1", &["203.0.113.9, unknown, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(client(trusted, "10.0.0.1", &[""]), "10.0.0.1");
        assert_eq!(client(trusted, "10.0.0.1", &[]), "10.0.0.1");
    }

    /// A client that writes what is no text before its proxy's word does not hide behind the proxy's address.
    #[test]
    fn what_a_client_wrote_spoils_no_hop_nearer_than_it() {
        let trusted = &["10.0.0.0/8"];
        assert_eq!(client(trusted, "10.0.0.1", &["\u{fc}, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(trusted, "10.0.0.1", &["\u{fc}, 203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(client(trusted, "10.0.0.1", &["203.0.113.9, \u{fc}, 10.0.0.2"]), "10.0.0.2");
    }
}
