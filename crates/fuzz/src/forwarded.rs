//! `X-Forwarded-For`: the client is the peer, or the nearest hop that somebody trusted wrote down.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderName;
use web::TrustedProxies;

use crate::headers;

const STRANGER: &str = "192.0.2.1";
const PROXY: &str = "10.0.0.1";

pub(crate) fn run(data: &[u8]) {
    let sent = headers::of_lines(&HeaderName::from_static("x-forwarded-for"), data);
    let networks = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().expect("a network"));
    let proxies = TrustedProxies::new(networks.to_vec());
    let [stranger, proxy] = [STRANGER, PROXY].map(|peer| peer.parse::<IpAddr>().expect("an address"));
    assert_eq!(proxies.client(stranger, &sent), stranger, "believed from anybody");

    let client = proxies.client(proxy, &sent);
    let hops: Vec<String> =
        headers::latin1(&sent).iter().flat_map(|value| value.split(',')).map(str::to_owned).collect();
    let nearer =
        hops.iter().rev().map(|hop| hop_of(hop)).take_while(|hop| hop.is_some_and(is_trusted)).count();
    let farthest = hops.len() - nearer;
    // The last one that was trusted, unless it says who came before it.
    let expected = farthest.checked_sub(1).and_then(|at| hop_of(&hops[at]));
    let last_trusted = if nearer == 0 { Some(proxy) } else { hop_of(&hops[farthest]) };
    assert_eq!(Some(client), expected.or(last_trusted));
}

fn is_trusted(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.octets()[0] == 10,
        IpAddr::V6(v6) => v6.octets()[0] == 0xfd,
    }
}

fn hop_of(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches([' ', '\t']);
    let whole = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    whole.or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}
