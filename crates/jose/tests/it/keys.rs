//! Keys: made, kept, taken and refused; and what they show of themselves.

use jose::{
    Algorithm, Curve, Error, HeaderRules, Jwk, KeyKind, KeySet, MacKey, Pkcs8, PublicKey, SigningKey,
    VerifyingKey,
};
use serde_json::{Value, json};

use crate::forge::{
    ED25519, EXPECTED, P256, P384, RSA, SECRET, as_own, by_set, bytes, claims, kind, segments,
};

#[test]
fn every_algorithm_signs_what_it_verifies() {
    for algorithm in Algorithm::ALL {
        let document = match kind(algorithm) {
            KeyKind::P256 => &P256.document,
            KeyKind::P384 => &P384.document,
            KeyKind::Ed25519 => &ED25519.document,
            KeyKind::Rsa2048 | KeyKind::Rsa3072 => &RSA.document,
        };
        let key = SigningKey::from_pkcs8(algorithm, document.expose()).expect("a key");
        let token = key.sign(&claims()).expect("a token");
        let set = KeySet::new([key.verifying_key().clone()]);
        assert_eq!(set.verify(&token, HeaderRules::Own, &EXPECTED), Ok(claims()), "{algorithm:?}");
        assert_eq!(by_set(&set, &token), None, "{algorithm:?}");
        assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
    }
}

#[test]
fn every_kind_of_key_is_made_for_its_algorithms_only() {
    for (kind, fit) in [
        (KeyKind::Rsa2048, &Algorithm::ALL[..6]),
        (KeyKind::Rsa3072, &Algorithm::ALL[..6]),
        (KeyKind::P256, &[Algorithm::Es256]),
        (KeyKind::P384, &[Algorithm::Es384]),
        (KeyKind::Ed25519, &[Algorithm::EdDsa]),
    ] {
        let document = Pkcs8::generate(kind).expect("a key");
        for algorithm in Algorithm::ALL {
            let key = SigningKey::from_pkcs8(algorithm, document.expose());
            assert_eq!(key.is_ok(), fit.contains(&algorithm), "{kind:?} {algorithm:?}");
            if let Err(error) = key {
                assert_eq!(error, Error::Key);
            }
        }
    }
}

/// security 2, no. 40.
#[test]
fn two_keys_are_never_the_same() {
    let [one, other] = [(); 2].map(|()| Pkcs8::generate(KeyKind::Ed25519).expect("a key"));
    assert_ne!(one.expose(), other.expose());
}

/// security 2, no. 40.
#[test]
fn an_rsa_key_of_2048_bits_has_2048_bits() {
    let PublicKey::Rsa { modulus, exponent } = RSA.key().verifying_key().jwk().key.clone() else {
        panic!("an RSA key")
    };
    assert_eq!((modulus.len(), exponent), (256, vec![1, 0, 1]));
}

#[test]
fn a_document_that_holds_no_sound_private_key_is_refused() {
    for algorithm in Algorithm::ALL {
        let document = RSA.document.expose();
        let mut broken = P256.document.expose().to_vec();
        broken.truncate(broken.len() - 1);
        for bytes in [&b""[..], b"\0", b"-----BEGIN PRIVATE KEY-----", &document[..100], &broken, &[0x30; 64]]
        {
            assert_eq!(SigningKey::from_pkcs8(algorithm, bytes).err(), Some(Error::Key), "{algorithm:?}");
        }
    }
}

#[test]
fn a_header_has_kid_typ_and_alg_and_nothing_else() {
    // Contracts 5.2, 3.3.
    let header = |token: &str| String::from_utf8(bytes(segments(token)[0])).expect("text");
    let key = P256.key().with_kid("0190a0b0-0000-7000-8000-000000000000");
    assert_eq!(
        header(&key.sign(&claims()).expect("a token")),
        r#"{"kid":"0190a0b0-0000-7000-8000-000000000000","typ":"JWT","alg":"ES256"}"#
    );
    let key = P256.key().with_typ("at+jwt").with_kid("k\"2");
    assert_eq!(
        header(&key.sign(&claims()).expect("a token")),
        r#"{"kid":"k\"2","typ":"at+jwt","alg":"ES256"}"#
    );
    let token = MacKey::from_bytes(&SECRET).sign(&claims()).expect("a token");
    let [header, _, tag] = segments(&token);
    assert_eq!((header, tag.len()), ("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", 43));
}

#[test]
fn a_key_without_a_name_of_its_own_is_named_by_its_thumbprint() {
    let key = SigningKey::from_pkcs8(Algorithm::EdDsa, ED25519.document.expose()).expect("a key");
    let jwk = key.verifying_key().jwk();
    assert_eq!(jwk.kid, Some(jwk.key.thumbprint()));
}

#[test]
fn the_old_key_and_the_new_one_verify_side_by_side() {
    let (old, new) = (P256.key().with_kid("old"), ED25519.key().with_kid("new"));
    let set = KeySet::new([&new, &old].map(|key| key.verifying_key().clone()));
    for key in [&old, &new] {
        let token = key.sign(&claims()).expect("a token");
        assert_eq!(as_own(&set, &token), None);
        assert_eq!(by_set(&set, &token), None);
    }
}

#[test]
fn a_jwk_has_what_a_verifier_needs_and_nothing_private() {
    for pair in crate::forge::pairs() {
        let key = pair.key();
        let json = serde_json::to_value(key.verifying_key().jwk()).expect("JSON");
        let names: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
        let (kty, members): (_, &[&str]) = match kind(pair.algorithm) {
            KeyKind::Ed25519 => ("OKP", &["kty", "crv", "x", "kid", "alg", "use"]),
            KeyKind::P256 | KeyKind::P384 => ("EC", &["kty", "crv", "x", "y", "kid", "alg", "use"]),
            KeyKind::Rsa2048 | KeyKind::Rsa3072 => ("RSA", &["kty", "n", "e", "kid", "alg", "use"]),
        };
        assert_eq!(names, members);
        let [told, kid, alg, usage] = ["kty", "kid", "alg", "use"].map(|name| json[name].as_str());
        assert_eq!(
            [told, kid, alg, usage],
            [Some(kty), Some("k1"), Some(pair.algorithm.name()), Some("sig")]
        );
    }
    let nameless = Jwk { kid: None, ..P256.key().verifying_key().jwk().clone() };
    let json = serde_json::to_value(&nameless).expect("JSON");
    assert_eq!(json.get("kid"), None);
}

fn taken(algorithm: Algorithm, key: PublicKey) -> Option<Error> {
    VerifyingKey::from_jwk(Jwk { kid: None, algorithm, key }).err()
}

#[test]
fn rsa_numbers_are_within_their_bounds() {
    let rsa = |modulus: &[u8], exponent: &[u8]| {
        let key = PublicKey::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() };
        taken(Algorithm::Rs256, key)
    };
    let number =
        |first: u8, length: usize, last: u8| [&[first][..], &vec![0x55; length - 2], &[last]].concat();
    let (f4, good) = ([1, 0, 1], number(0x80, 256, 1));
    for modulus in [good.clone(), number(0xff, 256, 0xff), number(1, 257, 1), number(0xff, 1024, 1)] {
        assert_eq!(rsa(&modulus, &f4), None, "{} bytes", modulus.len());
    }
    for (why, modulus) in [
        ("none", vec![]),
        ("1024 bits", number(0xff, 128, 1)),
        ("2047 bits", number(0x7f, 256, 1)),
        ("a leading zero", [&[0], good.as_slice()].concat()),
        ("more than 8192 bits", number(1, 1025, 1)),
        ("an even one", number(0x80, 256, 2)),
    ] {
        assert_eq!(rsa(&modulus, &f4), Some(Error::Key), "{why}");
    }
    for exponent in [&[3][..], &[1, 0, 1], &[0xff, 0xff, 0xff, 0xff]] {
        assert_eq!(rsa(&good, exponent), None, "{exponent:?}");
    }
    for exponent in [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[0, 1, 0, 1], &[1, 0, 0, 0, 1]] {
        assert_eq!(rsa(&good, exponent), Some(Error::Key), "{exponent:?}");
    }
}

#[test]
fn a_point_is_on_its_curve_and_written_in_full() {
    let PublicKey::Ec { x, y, .. } = P256.key().verifying_key().jwk().key.clone() else { panic!("a point") };
    let point = |curve, x: &[u8], y: &[u8]| PublicKey::Ec { curve, x: x.to_vec(), y: y.to_vec() };
    assert_eq!(taken(Algorithm::Es256, point(Curve::P256, &x, &y)), None);
    let mut beside = y.clone();
    beside[31] ^= 1;
    for (why, x, y) in [
        ("beside the curve", &x[..], &beside[..]),
        ("swapped", &y, &x),
        ("the origin", &[0; 32], &[0; 32]),
        ("too large", &[0xff; 32], &y),
        ("no y, as if compressed", &x, &[]),
        ("no x", &[], &y),
        ("a digit short", &x[1..], &y),
        ("a leading zero", &[&[0], x.as_slice()].concat(), &y),
        ("divided elsewhere", &x[..31], &[&x[31..], y.as_slice()].concat()),
    ] {
        assert_eq!(taken(Algorithm::Es256, point(Curve::P256, x, y)), Some(Error::Key), "{why}");
    }
    assert_eq!(
        taken(Algorithm::Es384, point(Curve::P384, &x, &y)),
        Some(Error::Key),
        "another curve's point"
    );
}

#[test]
fn an_ed25519_key_has_32_bytes() {
    let PublicKey::Ed25519 { x } = ED25519.key().verifying_key().jwk().key.clone() else { panic!("a key") };
    assert_eq!(taken(Algorithm::EdDsa, PublicKey::Ed25519 { x: x.clone() }), None);
    let spki_prefix = bytes("MCowBQYDK2VwAyEA");
    for x in [vec![], x[..31].to_vec(), [&x[..], &[0]].concat(), [&spki_prefix[..], &x].concat()] {
        assert_eq!(taken(Algorithm::EdDsa, PublicKey::Ed25519 { x }), Some(Error::Key));
    }
}

#[test]
fn a_key_is_of_the_kind_that_its_algorithm_wants() {
    for pair in crate::forge::pairs() {
        let key = pair.key().verifying_key().jwk().key.clone();
        for algorithm in Algorithm::ALL {
            let fits = SigningKey::from_pkcs8(algorithm, pair.document.expose()).is_ok();
            let expected = (!fits).then_some(Error::Algorithm);
            assert_eq!(taken(algorithm, key.clone()), expected, "{algorithm:?}");
        }
    }
}

#[test]
fn keys_may_be_used_by_several_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<MacKey>();
    shared::<SigningKey>();
    shared::<VerifyingKey>();
    shared::<KeySet>();
    shared::<Pkcs8>();
    let (key, set) = (RSA.key(), RSA.set());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(as_own(&set, &key.sign(&claims()).expect("a token")), None);
                }
            });
        }
    });
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", MacKey::from_bytes(&SECRET)), "MacKey");
    assert_eq!(format!("{:?}", P256.document), "Pkcs8");
    assert_eq!(
        format!("{:?}", P256.key()),
        r#"SigningKey(VerifyingKey { kid: Some("k1"), algorithm: Es256 })"#
    );
}

#[test]
fn an_rsa_signature_is_as_long_as_the_modulus() {
    for (kind, length) in [(KeyKind::Rsa2048, 256), (KeyKind::Rsa3072, 384)] {
        let document = Pkcs8::generate(kind).expect("a key");
        let key = SigningKey::from_pkcs8(Algorithm::Rs512, document.expose()).expect("a key");
        let token = key.sign(&claims()).expect("a token");
        assert_eq!(bytes(segments(&token)[2]).len(), length);
        assert_eq!(as_own(&KeySet::new([key.verifying_key().clone()]), &token), None);
    }
}

#[test]
fn claims_are_read_into_the_callers_type() {
    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Claims {
        iss: String,
        aud: Vec<String>,
        exp: i64,
        roles: Vec<String>,
    }
    let claims = Claims {
        iss: "us".into(),
        aud: vec!["others".into(), "them".into()],
        exp: EXPECTED.now + 1,
        roles: vec!["user".into()],
    };
    let token = P384.key().sign(&claims).expect("a token");
    assert_eq!(P384.set().verify(&token, HeaderRules::Own, &EXPECTED), Ok(claims));
    let untold: Result<Value, Error> = P384.set().verify(&token, HeaderRules::Own, &EXPECTED);
    assert_eq!(untold.expect("good")["roles"], json!(["user"]));
}
