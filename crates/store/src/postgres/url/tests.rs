//! What is taken for an address, what is refused, and what is never said.

use std::path::Path;

use super::*;

fn url(text: &str) -> PostgresUrl {
    PostgresUrl::parse(text).unwrap_or_else(|told| panic!("{text}: {told}"))
}

#[test]
fn an_address_is_read_as_libpq_reads_it() {
    let full = url("postgresql://me:s%40cret@db.example:6432/vestibule?application_name=a&sslmode=disable");
    assert_eq!(full.place(), "db.example:6432/vestibule");
    assert_eq!(full.config().get_user(), Some("me"));
    assert_eq!(full.config().get_password(), Some(b"s@cret".as_slice()));
    assert_eq!(full.config().get_application_name(), Some("a"));
    assert_eq!(url("postgres://me@[::1]/db").place(), "::1:5432/db");
    assert_eq!(url("postgres://me@a,b:6000/db").place(), "a:5432,b:6000/db");
    assert_eq!(url("postgres://me@/db?host=/run/postgresql").place(), "/run/postgresql:5432/db");
    assert_eq!(url("postgres://me@%2Frun%2Fpostgresql/db").place(), "/run/postgresql:5432/db");
}

#[test]
fn sslmode_says_how_the_way_is_protected() {
    let of = |query: &str| url(&format!("postgres://me@host/db{query}")).encryption;
    assert_eq!(of(""), Encryption::Preferred);
    assert_eq!(of("?sslmode=prefer"), Encryption::Preferred);
    assert_eq!(of("?sslmode=disable"), Encryption::None);
    assert_eq!(of("?sslmode=require"), Encryption::Required);
    let verified = of("?sslmode=verify-full&sslrootcert=/etc/ssl/my%20ca.pem");
    assert_eq!(verified, Encryption::Verified { roots: Path::new("/etc/ssl/my ca.pem").to_owned() });
}

#[test]
fn what_is_no_address_is_refused_without_repeating_it() {
    for (text, told) in [
        ("postgres:me:hunter2@host/db", SHAPE),
        ("postgres://", SHAPE),
        ("postgres:///db", SHAPE),
        ("postgres://me:hun@ter2@host/db", SHAPE),
        ("postgres://me:hunter2@host:port/db", SHAPE),
        ("postgres://me@host/db?password=hunter2", OPTIONS),
        ("postgres://me@host/db?hunter2", OPTIONS),
        ("postgres://me@host/db?sslmode=verify-ca", SSLMODE),
        ("postgres://me@host/db?sslmode=hunter2", SSLMODE),
        ("postgres://me@host/db?sslmode=verify-full", "sslmode=verify-full wants sslrootcert"),
        ("postgres://me@host/db?sslrootcert=ca.pem", "sslrootcert is read with sslmode=verify-full only"),
    ] {
        let refused = PostgresUrl::parse(text).err().unwrap_or_else(|| panic!("{text} was taken"));
        assert!(refused.starts_with(told), "{text}: {refused}");
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}

#[test]
fn a_password_is_never_shown() {
    let secret = url("postgres://me:hunter2@host/db?sslmode=disable");
    assert_eq!(secret.to_string(), "postgres://me:***@host/db?sslmode=disable");
    assert!(!format!("{secret:?} {secret:#?} {}", secret.place()).contains("hunter2"));
    let plain = "postgres://me@host/db?sslmode=disable";
    assert_eq!(url(plain).to_string(), plain);
    assert!(url(&secret.to_string()) != secret, "what is shown is not the address");
}
