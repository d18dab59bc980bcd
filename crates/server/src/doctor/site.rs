//! What public address, listener and proxies mean together, before anything is asked.

use ipnet::IpNet;
use url::Host;

use super::finding::{Finding, Rule};
use crate::config::Config;

pub(super) static RULES: &[&Rule] = &[&PLAIN, &EVERYBODY];

static PLAIN: Rule = Rule::warning(
    "public_url_plain",
    "public_url",
    "public_url begins with http:// and is not this machine: passwords travel in the open, cookies lack Secure",
    "End TLS at a proxy or with [tls], and let public_url begin with https://",
);
static EVERYBODY: Rule = Rule::fault(
    "trusted_proxies_everybody",
    "trusted_proxies",
    "so large a network is trusted that clients can choose the address they are known by",
    "Name the proxies' own addresses",
);

/// Networks with fewer bits than these hold more than one's own machines; `10.0.0.0/8` and `fc00::/7` are private.
const FEWEST_BITS: (u8, u8) = (8, 7);

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !config.public_url.is_https() && config.tls.is_none() && !is_this_machine(config.public_url.host()) {
        findings.push(PLAIN.met(format!("public_url is {}", config.public_url)));
    }
    for network in config.trusted_proxies.iter().filter(|network| is_too_large(network)) {
        findings.push(EVERYBODY.met(format!("{network} is trusted")));
    }
    findings
}

fn is_too_large(network: &IpNet) -> bool {
    match network {
        IpNet::V4(v4) => v4.prefix_len() < FEWEST_BITS.0,
        IpNet::V6(v6) => v6.prefix_len() < FEWEST_BITS.1,
    }
}

/// Whether everybody is trusted in some way.
pub(super) fn trusts_everybody(config: &Config) -> bool {
    config.trusted_proxies.iter().any(is_too_large)
}

/// Whether a host is this machine by its name or address.
pub(super) fn is_this_machine(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(settings: &str) -> Vec<&'static str> {
        let config = crate::config::parse("x", settings, []).unwrap().config;
        look(&config).iter().filter_map(|finding| finding.rule.map(|rule| rule.name)).collect()
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        assert_eq!(named("public_url = \"http://login.example\""), ["public_url_plain"]);
        assert_eq!(named("public_url = \"http://10.0.0.1:8080\""), ["public_url_plain"]);
        for good in
            ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080", "https://login.example"]
        {
            assert_eq!(named(&format!("public_url = {good:?}")), [""; 0], "{good}");
        }
    }

    #[test]
    fn the_whole_internet_is_no_proxy() {
        for large in ["0.0.0.0/0", "::/0", "128.0.0.0/1", "2000::/3"] {
            let settings = format!("public_url = \"https://a.example\"\ntrusted_proxies = [{large:?}]");
            assert_eq!(named(&settings), ["trusted_proxies_everybody"], "{large}");
        }
        let good = "trusted_proxies = [\"10.0.0.0/8\", \"127.0.0.1/32\", \"fc00::/7\", \"192.0.2.0/24\"]";
        assert_eq!(named(good), [""; 0]);
    }
}
