//! Known ways to forge a token by what its header says (RFC 8725 sections 2 and 3), each against every verifier. All
//! of these have worked against some library.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};
use jose::{Algorithm, Error, Expected, HeaderRules, KeySet, MacKey, SigningKey, Typ};
use serde_json::{Value, json};

use crate::forge::{
    ANY, ED25519, EXPECTED, P256, P384, RSA, SECRET, as_own, base64url, by_mac, by_set, claims, hs256, mac,
    pairs, segments, token,
};

#[test]
fn what_is_forged_below_is_good_but_for_the_forgery() {
    assert_eq!(by_mac(&token(r#"{"alg":"HS256","typ":"JWT"}"#, &claims().to_string(), hs256(&SECRET))), None);
    for pair in pairs() {
        let good = pair.under(&json!({"kid": "k1", "typ": "JWT", "alg": pair.algorithm.name()}));
        assert_eq!(by_set(&pair.set(), &good), None);
        assert_eq!(as_own(&pair.set(), &good), None);
        let good = pair.under(&json!({"alg": pair.algorithm.name(), "x": 1}));
        assert_eq!(by_set(&pair.set(), &good), None, "without kid, and with a member nobody knows");
    }
}

/// security 1, none-algorithm; security 2, no. 36.
#[test]
fn none_in_any_spelling() {
    for alg in ["none", "None", "NONE", "nOnE", "none ", "", "null"] {
        let header = json!({"alg": alg, "typ": "JWT"}).to_string();
        let unsigned = token(&header, &claims().to_string(), |_| Vec::new());
        assert_eq!(by_mac(&unsigned), Some(Error::Header), "{alg:?}");
        assert_eq!(by_mac(&token(&header, &claims().to_string(), hs256(&SECRET))), Some(Error::Header));
        for pair in pairs() {
            for forged in [&unsigned, &pair.under(&json!({"alg": alg, "kid": "k1"}))] {
                assert_eq!(by_set(&pair.set(), forged), Some(Error::Algorithm), "{alg:?}");
                assert_eq!(as_own(&pair.set(), forged), Some(Error::Header), "{alg:?}");
            }
        }
    }
}

/// security 1, none-algorithm; security 2, no. 36.
#[test]
fn a_public_key_as_the_secret_of_a_mac() {
    let pair = RsaKeyPair::from_pkcs8(RSA.document.expose()).expect("a key");
    let public = pair.public_key();
    let spki = public.as_der().expect("a document");
    let jwk = serde_json::to_vec(RSA.key().verifying_key().jwk()).expect("JSON");
    let modulus = public.modulus().big_endian_without_leading_zero().to_vec();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", base64url(spki.as_ref()));
    for secret in [public.as_ref(), spki.as_ref(), &jwk, &modulus, pem.as_bytes(), b""] {
        for alg in ["HS256", "HS384", "HS512", "hs256"] {
            let header = json!({"kid": "k1", "typ": "JWT", "alg": alg}).to_string();
            let forged = token(&header, &claims().to_string(), hs256(secret));
            assert_eq!(by_set(&RSA.set(), &forged), Some(Error::Algorithm), "{alg}");
            assert_eq!(as_own(&RSA.set(), &forged), Some(Error::Header), "{alg}");
        }
        // The other way round: the name of the key's algorithm over a MAC.
        let header = json!({"kid": "k1", "typ": "JWT", "alg": "RS256"}).to_string();
        let forged = token(&header, &claims().to_string(), hs256(secret));
        assert_eq!(by_set(&RSA.set(), &forged), Some(Error::Signature));
        assert_eq!(as_own(&RSA.set(), &forged), Some(Error::Signature));
    }
}

#[test]
fn a_signature_where_a_mac_is_wanted() {
    for pair in pairs() {
        assert_eq!(by_mac(&pair.key().sign(&claims()).expect("a token")), Some(Error::Header));
        let forged = pair.under(&json!({"alg": "HS256", "typ": "JWT"}));
        assert_eq!(by_mac(&forged), Some(Error::Signature));
    }
}

#[test]
fn another_algorithm_than_the_key_has() {
    for pair in pairs() {
        for algorithm in Algorithm::ALL.into_iter().filter(|it| *it != pair.algorithm) {
            let forged = pair.under(&json!({"kid": "k1", "alg": algorithm.name()}));
            assert_eq!(by_set(&pair.set(), &forged), Some(Error::Algorithm), "{algorithm:?}");
        }
    }
    for alg in ["rs256", "Rs256", "RS256 ", "RS256\0", "RSA", "RS1", "RS2560"] {
        let forged = RSA.under(&json!({"kid": "k1", "alg": alg}));
        assert_eq!(by_set(&RSA.set(), &forged), Some(Error::Algorithm), "{alg:?}");
    }
    // One key pair, two paddings: a good signature under the wrong name.
    let pss = SigningKey::from_pkcs8(Algorithm::Ps256, RSA.document.expose()).expect("a key");
    let [_, payload, signature] = segments(&pss.sign(&claims()).expect("a token")).map(str::to_owned);
    let header = base64url(json!({"alg": "RS256"}).to_string());
    assert_eq!(by_set(&RSA.set(), &format!("{header}.{payload}.{signature}")), Some(Error::Signature));
}

#[test]
fn an_alg_that_comes_twice() {
    for header in [
        r#"{"alg":"ES256","alg":"none"}"#,
        r#"{"alg":"none","alg":"ES256"}"#,
        r#"{"alg":"ES256","kid":"k1","alg":"ES256"}"#,
        r#"{"alg":"ES256","\u0061\u006c\u0067":"HS256"}"#,
        r#"{"kid":"k2","alg":"ES256","kid":"k1"}"#,
        r#"{"alg":"ES256","x":{"x":1},"x":{"x":1}}"#,
    ] {
        let forged = token(header, &claims().to_string(), |input| P256.sign(input));
        assert_eq!(by_set(&P256.set(), &forged), Some(Error::Header), "{header}");
    }
}

/// security 2, no. 37.
#[test]
fn a_kid_that_leads_elsewhere() {
    for kid in [
        "",
        "k2",
        "K1",
        "k1 ",
        "k1\0",
        "../../../../../../dev/null",
        "k1' OR '1'='1",
        "k1' UNION SELECT 'secret",
        "| sleep 10",
        "https://attacker.example/jwks.json",
        &"k1".repeat(2000),
    ] {
        let forged = P256.under(&json!({"kid": kid, "alg": "ES256"}));
        assert_eq!(by_set(&P256.set(), &forged), Some(Error::UnknownKey), "{kid:?}");
        assert_eq!(as_own(&P256.set(), &forged), Some(Error::Header), "{kid:?}");
    }
    for kid in [json!(["k1"]), json!({"k1": 1}), json!(1), json!(null), json!(true)] {
        let forged = P256.under(&json!({"kid": kid, "alg": "ES256"}));
        assert_eq!(by_set(&P256.set(), &forged), Some(Error::Header), "{kid}");
    }
    // The name of one key under the signature of another, both in the set.
    let other = crate::forge::Pair::new(Algorithm::Es256);
    let other_key = other.key().with_kid("k2");
    let both = KeySet::new([P256.key(), other_key].map(|key| key.verifying_key().clone()));
    let forged = P256.under(&json!({"kid": "k2", "alg": "ES256"}));
    assert_eq!(by_set(&both, &forged), Some(Error::Signature));
}

/// security 1, none-algorithm; security 2, no. 37.
#[test]
fn a_key_or_the_way_to_one_in_the_header() {
    let attacker = crate::forge::Pair::new(Algorithm::Es256);
    let jwk = serde_json::to_value(attacker.key().verifying_key().jwk()).expect("JSON");
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("https://attacker.example/jwks.json")),
        ("x5u", json!("https://attacker.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("dGh1bWI")),
        ("x5t#S256", json!("dGh1bWI")),
    ] {
        let header = json!({"kid": "k1", "alg": "ES256", "typ": "JWT", name: value});
        assert_eq!(by_set(&P256.set(), &attacker.under(&header)), Some(Error::Signature), "{name}");
        assert_eq!(as_own(&P256.set(), &attacker.under(&header)), Some(Error::Header), "{name}");
        let ours = P256.under(&header);
        assert_eq!(by_set(&P256.set(), &ours), None, "{name} is not looked at, and fetches nothing");
        assert_eq!(as_own(&P256.set(), &ours), Some(Error::Header), "{name} is in no header of ours");
    }
}

#[test]
fn an_extension_that_must_be_understood() {
    for crit in [json!(["exp"]), json!(["b64"]), json!([]), json!(null), json!("exp"), json!(["alg"])] {
        let header = json!({"kid": "k1", "alg": "ES256", "crit": crit, "exp": 1});
        assert_eq!(by_set(&P256.set(), &P256.under(&header)), Some(Error::Critical), "{crit}");
    }
}

#[test]
fn a_payload_that_is_not_encoded() {
    // RFC 7797 section 3: what is signed is the payload itself.
    for crit in [json!(["b64"]), json!(null)] {
        let header = json!({"kid": "k1", "alg": "ES256", "b64": false, "crit": crit}).to_string();
        let payload = claims().to_string().replace('.', "");
        let forged = crate::forge::sealed(&format!("{}.{payload}", base64url(&header)), |it| P256.sign(it));
        assert_eq!(by_set(&P256.set(), &forged), Some(Error::Critical));
        let detached = format!("{}..{}", base64url(&header), segments(&forged)[2]);
        assert_eq!(by_set(&P256.set(), &detached), Some(Error::Critical));
    }
    // Without the header saying so it is a payload of wrong letters.
    let header = base64url(json!({"alg": "ES256"}).to_string());
    let forged = crate::forge::sealed(&format!("{header}.{}", claims()), |it| P256.sign(it));
    assert_eq!(by_set(&P256.set(), &forged), Some(Error::NotCompact));
}

/// security 1, none-algorithm; security 2, no. 39.
#[test]
fn one_kind_of_token_for_another() {
    let access = P256.key().with_typ("at+jwt");
    let token = access.sign(&claims()).expect("a token");
    let keys = KeySet::new([access.verifying_key().clone()]);
    let told = |rules| keys.verify::<Value>(&token, rules, &EXPECTED).err();
    assert_eq!(told(HeaderRules::Foreign(Typ::Is("at+jwt"))), None);
    assert_eq!(told(HeaderRules::Foreign(Typ::Is("JWT"))), Some(Error::Type));
    assert_eq!(told(HeaderRules::Foreign(Typ::AbsentOr("JWT"))), Some(Error::Type));
    assert_eq!(as_own(&P256.set(), &token), Some(Error::Header), "the same key with another type");
    assert_eq!(as_own(&keys, &token), None);

    let reset = MacKey::from_bytes(&SECRET).with_typ("reset+jwt");
    let token = reset.sign(&claims()).expect("a token");
    assert_eq!(by_mac(&token), Some(Error::Header), "the same secret with another type");
    assert_eq!(reset.verify::<Value>(&token, &EXPECTED).err(), None);
}

#[test]
fn our_header_in_another_spelling() {
    for header in [
        r#"{"typ":"JWT","alg":"ES256","kid":"k1"}"#,
        r#"{"kid":"k1","typ":"JWT","alg":"ES256" }"#,
        r#"{"kid":"k1","typ":"jwt","alg":"ES256"}"#,
        r#"{"kid":"k1","typ":"JWT","alg":"ES256","cty":"JWT"}"#,
        r#"{"kid":"\u006b1","typ":"JWT","alg":"ES256"}"#,
    ] {
        let token = token(header, &claims().to_string(), |input| P256.sign(input));
        assert_eq!(as_own(&P256.set(), &token), Some(Error::Header), "{header}");
        assert_eq!(by_set(&P256.set(), &token), None, "{header}: foreign tokens are spelled anyhow");
    }
}

#[test]
fn a_set_that_is_not_ours_has_no_tokens_of_our_own() {
    let read = |pair: &crate::forge::Pair| {
        let json = serde_json::to_vec(&pair.set()).expect("JSON");
        KeySet::from_json(&json, &Algorithm::ALL).expect("a set")
    };
    let token = P256.key().sign(&claims()).expect("a token");
    assert_eq!(by_set(&read(&P256), &token), None);
    assert_eq!(as_own(&read(&P256), &token), Some(Error::Header));
    let retired = read(&P256).keys()[0].clone().with_own_header("JWT");
    assert_eq!(as_own(&KeySet::new([retired]), &token), None, "until it is said to be ours");
    assert_eq!(as_own(&KeySet::default(), &token), Some(Error::Header));
    assert_eq!(by_set(&KeySet::default(), &token), Some(Error::UnknownKey));
}

/// security 2, no. 36.
#[test]
fn claims_are_looked_at_when_the_signature_is_good_and_not_before() {
    let late = Expected { now: i64::MAX, ..EXPECTED };
    let token = mac().sign(&claims()).expect("a token");
    assert_eq!(mac().verify::<Value>(&token, &late), Err(Error::Expired));
    let other = MacKey::from_bytes(&[0; 32]);
    assert_eq!(other.verify::<Value>(&token, &late), Err(Error::Signature));
    for pair in [&*P384, &*ED25519] {
        let token = pair.key().sign(&claims()).expect("a token");
        assert_eq!(pair.set().verify::<Value>(&token, ANY, &late), Err(Error::Expired));
        let broken = token.replace('.', ".AAAA");
        assert_eq!(pair.set().verify::<Value>(&broken, ANY, &late), Err(Error::Signature));
    }
}
