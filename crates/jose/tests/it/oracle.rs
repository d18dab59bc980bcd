//! The same tokens before the crate `jsonwebtoken`: what one signs the other reads, and where the two disagree about
//! a token it is because ours is stricter, for a reason listed here. It reads the system's clock, so times in these
//! tests lie far from today.

use std::sync::LazyLock;

use jose::{Algorithm, Error, Expected, HeaderRules, KeyKind, KeySet, Typ};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::forge::{ED25519, NOW, Pair, SECRET, hs256, kind, mac, pairs, token};

const FAR: i64 = 4_102_444_800;
const EXPECTED: Expected<'_> = Expected { issuer: Some("us"), audience: Some("them"), now: NOW, leeway: 0 };

fn claims() -> Value {
    json!({"iss": "us", "aud": "them", "exp": FAR, "sub": "1", "roles": ["user"]})
}

fn theirs(algorithm: &str) -> jsonwebtoken::Algorithm {
    algorithm.parse().expect("an algorithm of theirs")
}

fn validation(algorithm: &str) -> Validation {
    let mut validation = Validation::new(theirs(algorithm));
    validation.leeway = 0;
    validation.validate_nbf = true;
    validation.set_audience(&["them"]);
    validation.set_issuer(&["us"]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation
}

/// Our public key, read by them from our JSON.
fn decoding(pair: &Pair) -> DecodingKey {
    let jwk: Jwk =
        serde_json::from_value(serde_json::to_value(pair.key().verifying_key().jwk()).expect("JSON"))
            .expect("they read our JWK");
    DecodingKey::from_jwk(&jwk).expect("a key")
}

fn encoding(pair: &Pair) -> EncodingKey {
    let document = pair.document.expose();
    match kind(pair.algorithm) {
        KeyKind::P256 | KeyKind::P384 => EncodingKey::from_ec_der(document),
        KeyKind::Ed25519 => EncodingKey::from_ed_der(document),
        // They want the RSAPrivateKey that the document wraps behind 26 bytes.
        KeyKind::Rsa2048 | KeyKind::Rsa3072 => EncodingKey::from_rsa_der(&document[26..]),
    }
}

fn by_them(token: &str, key: &DecodingKey, algorithm: &str) -> Result<Value, jsonwebtoken::errors::Error> {
    jsonwebtoken::decode::<Value>(token, key, &validation(algorithm)).map(|data| data.claims)
}

/// Every algorithm with a key pair for it.
fn everything() -> impl Iterator<Item = Pair> {
    Algorithm::ALL.into_iter().map(Pair::new)
}

#[test]
fn they_read_what_we_sign() {
    let token = mac().sign(&claims()).expect("a token");
    assert_eq!(by_them(&token, &DecodingKey::from_secret(&SECRET), "HS256").expect("good"), claims());
    for pair in everything() {
        let token = pair.key().sign(&claims()).expect("a token");
        let name = pair.algorithm.name();
        assert_eq!(by_them(&token, &decoding(&pair), name).expect(name), claims());
        let header = jsonwebtoken::decode_header(&token).expect("a header");
        assert_eq!(
            (header.alg, header.kid.as_deref(), header.typ.as_deref()),
            (theirs(name), Some("k1"), Some("JWT"))
        );
    }
}

#[test]
fn we_read_what_they_sign() {
    for pair in everything() {
        let mut header = Header::new(theirs(pair.algorithm.name()));
        header.kid = Some("k1".into());
        let token = jsonwebtoken::encode(&header, &claims(), &encoding(&pair)).expect("a token");
        let rules = HeaderRules::Foreign(Typ::Is("JWT"));
        assert_eq!(pair.set().verify(&token, rules, &EXPECTED), Ok(claims()), "{:?}", pair.algorithm);
    }
}

#[test]
fn both_give_a_key_the_same_thumbprint() {
    for pair in pairs() {
        let ours = pair.key().verifying_key().jwk().clone();
        let theirs: Jwk = serde_json::from_value(serde_json::to_value(&ours).expect("JSON")).expect("a key");
        assert_eq!(ours.key.thumbprint(), theirs.thumbprint(ThumbprintHash::SHA256).expect("a digest"));
    }
}

/// What we refuse and they may accept: extensions, members that come twice or in a wrong form, another header than
/// ours, another `kid`, an `iat` that lies ahead, claims in a form that the standard does not know.
const STRICTER: [Error; 5] =
    [Error::Critical, Error::Header, Error::UnknownKey, Error::NotYetValid, Error::Claims];

fn agree(ours: Result<Value, Error>, theirs: Result<Value, jsonwebtoken::errors::Error>, token: &str) {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{token}"),
        (Err(_), Err(_)) => {}
        (Err(why), Ok(_)) => assert!(STRICTER.contains(&why), "only we refuse, for {why:?}: {token}"),
        (Ok(_), Err(why)) => panic!("only they refuse, for {why}: {token}"),
    }
}

/// A good token, and both who judge what is made of it.
struct Signed {
    token: String,
    ours: KeySet,
    theirs: DecodingKey,
    algorithm: &'static str,
}

static SIGNED: LazyLock<[Signed; 4]> = LazyLock::new(|| {
    pairs().map(|pair| Signed {
        token: pair.key().sign(&claims()).expect("a token"),
        ours: pair.set(),
        theirs: decoding(pair),
        algorithm: pair.algorithm.name(),
    })
});

impl Signed {
    fn judge(&self, token: &str) {
        let ours = self.ours.verify(token, HeaderRules::Foreign(Typ::Any), &EXPECTED);
        agree(ours, by_them(token, &self.theirs, self.algorithm), token);
    }
}

/// Some of these members, in some order, perhaps one twice.
fn object(members: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(members), 1..7)
        .prop_map(|members| format!("{{{}}}", members.join(",")))
}

fn header() -> impl Strategy<Value = String> {
    object(&[
        r#""alg":"EdDSA""#,
        r#""alg":"EdDSA""#,
        r#""alg":"ES256""#,
        r#""alg":"HS256""#,
        r#""alg":"none""#,
        r#""typ":"JWT""#,
        r#""typ":"jwt""#,
        r#""kid":"k1""#,
        r#""kid":"k2""#,
        r#""crit":["exp"]"#,
        r#""b64":false"#,
        r#""jku":"https://attacker.example""#,
        r#""x5c":[]"#,
        r#""cty":"JWT""#,
        r#""x":{"y":1}"#,
    ])
}

fn payload() -> impl Strategy<Value = String> {
    let others = object(&[
        r#""iss":"us""#,
        r#""iss":"them""#,
        r#""iss":["us"]"#,
        r#""iss":null"#,
        r#""aud":"them""#,
        r#""aud":["others","them"]"#,
        r#""aud":["others"]"#,
        r#""aud":[]"#,
        r#""exp":4102444800"#,
        r#""exp":4102444800.5"#,
        r#""exp":1"#,
        r#""exp":-1"#,
        r#""exp":"4102444800""#,
        r#""nbf":1"#,
        r#""nbf":4102444800"#,
        r#""nbf":"x""#,
        r#""iat":1"#,
        r#""iat":4102444800"#,
        r#""sub":"1""#,
    ]);
    prop_oneof![
        others,
        // Most of a good one, so that the rest decides.
        prop::sample::select(&[
            r#"{"iss":"us","aud":"them","exp":4102444800}"#,
            r#"{"iss":"us","aud":["them"],"exp":4102444800,"nbf":1,"iat":1}"#,
            r#"{"iss":"us","aud":"them","exp":4102444800,"nbf":4102444800}"#,
            r#"{"iss":"us","aud":"them","exp":1}"#,
            r#"{"iss":"us","aud":"others","exp":4102444800}"#,
            r#"{"sub":"1","iss":"us","aud":"them","exp":4102444800,"sub":"1"}"#,
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn both_judge_a_well_signed_token_alike(header in header(), payload in payload()) {
        let token = token(&header, &payload, |input| ED25519.sign(input));
        for signed in SIGNED.iter().filter(|signed| signed.algorithm == "EdDSA") {
            signed.judge(&token);
        }
        let token = self::token(&header, &payload, hs256(&SECRET));
        let ours = mac().verify(&token, &EXPECTED);
        agree(ours, by_them(&token, &DecodingKey::from_secret(&SECRET), "HS256"), &token);
    }

    #[test]
    fn both_refuse_a_token_that_was_tampered_with(
        at in any::<prop::sample::Index>(),
        cut in 0_usize..4,
        put in "[A-Za-z0-9_.=+/ -]{0,4}",
    ) {
        for signed in SIGNED.iter() {
            let mut token = signed.token.clone();
            let start = at.index(token.len());
            let end = token.len().min(start + cut);
            token.replace_range(start..end, &put);
            signed.judge(&token);
        }
    }
}
