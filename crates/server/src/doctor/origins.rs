//! Addresses in the configuration that can never do what they are there for.

use url::Host;
use web::Dialect;

use super::finding::{Finding, Rule};
use super::site::is_this_machine;
use crate::config::{Config, WebOrigin};

pub(super) static RULES: &[&Rule] = &[&ORIGIN_PLAIN, &ORIGIN_FOREIGN, &RETURN_PLAIN];

static ORIGIN_PLAIN: Rule = Rule::warning(
    "allowed_origin_plain",
    "dialects.*.allowed_origins",
    "a page by http:// is allowed beside a public_url by https://: browsers send no cookie from it",
    "Serve that page by https://, and write its origin so",
);
static ORIGIN_FOREIGN: Rule = Rule::warning(
    "allowed_origin_foreign",
    "dialects.*.allowed_origins",
    "a page of another site is allowed at a door with a cookie: SameSite=Lax keeps browsers from sending it",
    "Put the page and public_url below one domain, or take the origin out",
);
static RETURN_PLAIN: Rule = Rule::warning(
    "return_url_plain",
    "return_urls",
    "people are led from https:// to a page by http://, which others on the way may change",
    "Serve that page by https://, and write it so",
);

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, dialect, origins) in allowed(config) {
        let key = format!("dialects.{name}.allowed_origins");
        for origin in origins {
            findings
                .extend(judge(config, dialect, origin).map(|(rule, seen)| rule.met_at(key.clone(), seen)));
        }
    }
    if config.public_url.is_https() {
        let plain = config.return_urls.iter().map(ToString::to_string);
        let plain = plain.filter(|url| url.starts_with("http://") && !is_this_machine(host_of(url)));
        findings.extend(plain.map(|url| RETURN_PLAIN.met(format!("{url} begins with http://"))));
    }
    findings
}

fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

fn judge(config: &Config, dialect: &Dialect, origin: &WebOrigin) -> Option<(&'static Rule, String)> {
    let site = &config.public_url;
    // Pages on a developer's own machine come and go.
    if dialect.cookies.is_empty() || is_this_machine(origin.host()) {
        return None;
    }
    if site.is_https() && !origin.is_https() {
        return Some((&ORIGIN_PLAIN, format!("{origin} begins with http://")));
    }
    let foreign = !same_site(site.host(), origin.host());
    foreign.then(|| (&ORIGIN_FOREIGN, format!("{origin} is another site than {site}")))
}

/// Whether browsers may take two hosts for one site. Their list of what is registered below what is not read here: two
/// names with the same last two labels count as one site, so that nothing is named which may be right.
fn same_site(one: &str, other: &str) -> bool {
    match (Host::parse(one), Host::parse(other)) {
        (Ok(Host::Domain(one)), Ok(Host::Domain(other))) => {
            let end = |name: &str| name.rsplit('.').take(2).map(str::to_ascii_lowercase).collect::<Vec<_>>();
            end(&one) == end(&other)
        }
        (one, other) => one.ok() == other.ok(),
    }
}

fn allowed(config: &Config) -> Vec<(&'static str, &'static Dialect, &[WebOrigin])> {
    let dialects = &config.dialects;
    let of = |name: &str| -> &[WebOrigin] {
        match name {
            "knox" => &dialects.knox.allowed_origins,
            "syntho" => &dialects.syntho.allowed_origins,
            "probe" => &dialects.probe.allowed_origins,
            "bixarena" => &dialects.bixarena.allowed_origins,
            "trieve" => &dialects.trieve.allowed_origins,
            "native" => &dialects.native.allowed_origins,
            _ => &[],
        }
    };
    let served = crate::mount::DIALECTS.iter().filter(|entry| (entry.is_enabled)(config));
    served.map(|entry| (entry.dialect.name, entry.dialect, of(entry.dialect.name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(settings: &str) -> Vec<(String, &'static str)> {
        let text = format!("public_url = \"https://login.example.org\"\n{settings}");
        let config = crate::config::parse("x", &text, []).unwrap().config;
        look(&config).iter().filter_map(|it| Some((it.key.clone(), it.rule?.name))).collect()
    }

    #[test]
    fn an_origin_from_which_no_cookie_comes_is_named() {
        let at = |dialect: &str, origin: &str| {
            named(&format!("dialects.{dialect}.allowed_origins = [{origin:?}]"))
        };
        let told = |name| [("dialects.syntho.allowed_origins".to_owned(), name)];
        assert_eq!(at("syntho", "http://app.example.org"), told("allowed_origin_plain"));
        assert_eq!(at("syntho", "https://app.example.com"), told("allowed_origin_foreign"));
        assert_eq!(at("syntho", "https://192.0.2.1"), told("allowed_origin_foreign"));
        assert_eq!(at("syntho", "https://app.example.org"), []);
        assert_eq!(at("syntho", "http://localhost:3000"), []);
        assert_eq!(at("knox", "https://app.example.com"), [], "a door without a cookie");
    }

    #[test]
    fn every_dialect_with_a_list_of_origins_is_looked_at() {
        for entry in crate::mount::DIALECTS {
            let name = entry.dialect.name;
            let text = format!("dialects.{name}.allowed_origins = [\"https://a.example\"]");
            let config = crate::config::parse("x", &text, []).unwrap().config;
            assert!(allowed(&config).iter().any(|(of, _, list)| *of == name && !list.is_empty()), "{name}");
        }
    }

    #[test]
    fn a_way_back_in_the_open_is_named() {
        let told = |name| [("return_urls".to_owned(), name)];
        assert_eq!(named("return_urls = [\"http://app.example.org/x\"]"), told("return_url_plain"));
        assert_eq!(named("return_urls = [\"https://app.example.org\", \"http://localhost:3000/x\"]"), []);
    }
}
