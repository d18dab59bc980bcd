//! Which addresses are on the public Internet, where nobody's internal service listens. Ranges are those of the IANA
//! registries of special-purpose addresses (RFC 6890); where an IPv6 address stands for an IPv4 one, that one is judged.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether anybody on the Internet can be reached there: neither private, nor this machine, nor reserved.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        // "This network", private, loopback.
        [0 | 10 | 127, ..]
            // Shared by the customers of one carrier (RFC 6598).
            | [100, 64..=127, ..]
            // Link-local; cloud machines find their own credentials there.
            | [169, 254, ..]
            | [172, 16..=31, ..]
            // Protocol assignments, documentation.
            | [192, 0, 0 | 2, _]
            // Relays of 6to4, given up (RFC 7526).
            | [192, 88, 99, _]
            | [192, 168, ..]
            // Benchmarks.
            | [198, 18 | 19, ..]
            // Documentation.
            | [198, 51, 100, _]
            | [203, 0, 113, _]
            // Multicast, reserved, broadcast.
            | [224..=255, ..]
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // IPv4-mapped.
        [0, 0, 0, 0, 0, 0xffff, high, low] => is_public_v4(embedded(high, low)),
        // NAT64 (RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(embedded(high, low)),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        // Protocol assignments, among them Teredo, benchmarks and ORCHID.
        [0x2001, 0..=0x1ff, ..] => false,
        // Documentation.
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // All that has been given to anybody. Outside are loopback, IPv4-compatible, local NAT64, unique local,
        // link-local and multicast addresses.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().expect("an address"))
    }

    /// Each range by its first, last and neighbouring addresses.
    const REFUSED_V4: &[&str] = &[
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.0",
        "255.255.255.255",
    ];
    const ALLOWED_V4: &[&str] = &[
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
    ];

    /// security 2, no. 46.
    #[test]
    fn private_and_reserved_ipv4_addresses_are_not_public() {
        for address in REFUSED_V4 {
            assert!(!public(address), "{address}");
        }
        for address in ALLOWED_V4 {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn an_ipv4_address_is_judged_in_whatever_ipv6_address_it_hides() {
        let hidden = |address: &str| {
            let v4: Ipv4Addr = address.parse().expect("an address");
            let [a, b, c, d] = v4.octets();
            let hex = format!("{:x}:{:x}", u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            [format!("::ffff:{v4}"), format!("64:ff9b::{v4}"), format!("2002:{hex}::1")]
        };
        for address in REFUSED_V4.iter().flat_map(|address| hidden(address)) {
            assert!(!public(&address), "{address}");
        }
        for address in ALLOWED_V4.iter().flat_map(|address| hidden(address)) {
            assert!(public(&address), "{address}");
        }
        for address in ["::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "::ffff:0:10.0.0.1", "64:ff9b:1::a00:1"] {
            assert!(!public(address), "{address}");
        }
        // Teredo; its client's address is written with each bit turned.
        assert!(!public("2001:0:808:808:0:ffff:f5ff:fffe"));
    }

    #[test]
    fn of_ipv6_only_what_was_given_to_somebody_is_public() {
        for address in [
            "::",
            "::1",
            "100::1",
            "1fff:ffff::1",
            "2001:2::1",
            "2001:10::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "3fff::1",
            "3fff:fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(address), "{address}");
        }
        for address in ["2001:200::1", "2001:4860:4860::8888", "2606:4700::1111", "2a00::1", "3ffe::1"] {
            assert!(public(address), "{address}");
        }
    }
}
