//! Any text as a token, as a header, as a signature and as claims, before every kind of verifier. Nothing may panic,
//! and no verifier may accept what no key has signed. As claims the text is signed first, so that what lies behind
//! the signature is reached as well.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{Algorithm, Expected, HeaderRules, KeyKind, KeySet, MacKey, Pkcs8, SigningKey, Typ};
use serde_json::Value;
use serde_json::value::RawValue;

const EXPECTED: Expected<'_> =
    Expected { issuer: Some("us"), audience: Some("them"), now: 1_000, leeway: 10 };
const RULES: [HeaderRules<'_>; 3] =
    [HeaderRules::Own, HeaderRules::Foreign(Typ::Any), HeaderRules::Foreign(Typ::AbsentOr("JWT"))];

/// The header that `MAC` writes.
const OURS: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

static MAC: LazyLock<MacKey> = LazyLock::new(|| MacKey::from_bytes(&[7; 32]));

static SET: LazyLock<KeySet> = LazyLock::new(|| {
    let kinds = [
        (Algorithm::EdDsa, KeyKind::Ed25519),
        (Algorithm::Es256, KeyKind::P256),
        (Algorithm::Es384, KeyKind::P384),
        (Algorithm::Rs256, KeyKind::Rsa2048),
    ];
    KeySet::new(kinds.map(|(algorithm, kind)| {
        let document = Pkcs8::generate(kind).expect("a key");
        let key = SigningKey::from_pkcs8(algorithm, document.expose()).expect("a key");
        key.with_kid("k1").verifying_key().clone()
    }))
});

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let segment = URL_SAFE_NO_PAD.encode(text);
    for forged in [text, &format!("{segment}.e30.AAAA"), &format!("{OURS}.e30.{segment}")] {
        assert!(MAC.verify::<Value>(forged, &EXPECTED).is_err());
        for rules in RULES {
            assert!(SET.verify::<Value>(forged, rules, &EXPECTED).is_err());
        }
    }
    let Ok(claims) = RawValue::from_string(text.to_owned()) else { return };
    let Ok(token) = MAC.sign(&claims) else { return };
    if let Ok(read) = MAC.verify::<Value>(&token, &EXPECTED) {
        let told: Value = serde_json::from_str(text).expect("it was read before");
        assert_eq!(read, told);
        assert_eq!(read.get("iss"), Some(&Value::from("us")));
        assert!(read.get("exp").and_then(Value::as_f64).is_some_and(|exp| exp > 990.0));
    }
}
