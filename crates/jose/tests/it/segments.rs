//! Known ways to forge a token by its form: how many segments it has, how they are spelled, what the signature is
//! made of.

use jose::{Error, MAX_TOKEN_BYTES};
use serde_json::json;

use crate::forge::{
    ED25519, P256, P384, Pair, RSA, SECRET, as_own, base64url, by_mac, by_set, bytes, claims, hs256, mac,
    pairs, sealed, segments, token,
};

/// The group orders, big-endian for P-256, little-endian for Ed25519.
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn good(pair: &Pair) -> String {
    pair.key().sign(&claims()).expect("a token")
}

/// The same token with another signature.
fn resigned(token: &str, signature: &[u8]) -> String {
    let [header, payload, _] = segments(token);
    format!("{header}.{payload}.{}", base64url(signature))
}

#[test]
fn more_or_fewer_than_three_segments() {
    let token = mac().sign(&claims()).expect("a token");
    let [header, payload, signature] = segments(&token);
    for forged in [
        String::new(),
        ".".to_owned(),
        "...".to_owned(),
        header.to_owned(),
        format!("{header}.{payload}"),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{header}.{payload}.{signature}.{signature}.{signature}"),
        format!("{header}.{payload}..{signature}"),
        format!("{{\"protected\":\"{header}\",\"payload\":\"{payload}\",\"signature\":\"{signature}\"}}"),
    ] {
        assert_eq!(by_mac(&forged), Some(Error::NotCompact), "{forged}");
        assert_eq!(by_set(&P256.set(), &forged), Some(Error::NotCompact), "{forged}");
    }
    for forged in ["..", "a..b", "..a"] {
        assert_eq!(by_mac(forged), Some(Error::Header), "{forged}");
        assert!(matches!(by_set(&P256.set(), forged), Some(Error::NotCompact | Error::Header)), "{forged}");
    }
    // A point within the payload, under a signature that fits: the payload must not be read up to it only.
    let split = payload.split_at(8);
    let forged = sealed(&format!("{header}.{}.{}", split.0, split.1), hs256(&SECRET));
    assert_eq!(by_mac(&forged), Some(Error::NotCompact));
}

/// Other spellings of a segment's bytes, which a lax decoder takes for the same.
fn spellings(segment: &str) -> Vec<String> {
    let (head, tail) = segment.split_at(segment.len() / 2);
    let mut spellings: Vec<String> = ["=", "==", "\n", "\r\n", " ", "\0", "%3D", "ä"]
        .into_iter()
        .flat_map(|it| [format!("{segment}{it}"), format!("{it}{segment}"), format!("{head}{it}{tail}")])
        .collect();
    // Bits of the last letter that stand for nothing.
    if !bytes(segment).len().is_multiple_of(3) {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let last = alphabet.find(segment.chars().last().expect("a letter")).expect("in the alphabet");
        let next = alphabet.chars().nth(last + 1).expect("the unused bits were zero");
        spellings.push(format!("{}{next}", segment.split_at(segment.len() - 1).0));
    }
    if segment.contains(['-', '_']) {
        spellings.push(segment.replace('-', "+").replace('_', "/"));
    }
    spellings
}

#[test]
fn another_spelling_of_the_same_bytes() {
    // Claims such that each segment but RSA's header has unused bits somewhere among these tokens.
    for padding in ["", "a", "ab"] {
        let mut claims = claims();
        claims["pad"] = json!(padding);
        let ours = mac().sign(&claims).expect("a token");
        let mut tokens = vec![(None, ours)];
        tokens.extend(pairs().map(|pair| (Some(pair), pair.key().sign(&claims).expect("a token"))));
        for (pair, token) in tokens {
            for index in 0..3 {
                for spelling in spellings(segments(&token)[index]) {
                    let mut parts = segments(&token);
                    parts[index] = &spelling;
                    let forged = parts.join(".");
                    let told = pair.map_or_else(|| by_mac(&forged), |pair| by_set(&pair.set(), &forged));
                    assert!(told.is_some(), "segment {index} as {spelling:?}");
                }
            }
        }
    }
}

#[test]
fn another_spelling_under_a_signature_that_fits() {
    let header = r#"{"kid":"k1","typ":"JWT","alg":"ES256"}"#;
    let [header, payload] = [base64url(header), base64url(claims().to_string())];
    assert_eq!(by_set(&P256.set(), &sealed(&format!("{header}.{payload}"), |it| P256.sign(it))), None);
    for spelling in spellings(&header) {
        let forged = sealed(&format!("{spelling}.{payload}"), |it| P256.sign(it));
        assert_eq!(by_set(&P256.set(), &forged), Some(Error::NotCompact), "{spelling:?}");
        assert_eq!(as_own(&P256.set(), &forged), Some(Error::Header), "{spelling:?}");
    }
    for spelling in spellings(&payload) {
        let forged = sealed(&format!("{header}.{spelling}"), |it| P256.sign(it));
        assert_eq!(by_set(&P256.set(), &forged), Some(Error::NotCompact), "{spelling:?}");
    }
}

#[test]
fn no_signature_and_too_short_or_too_long_a_one() {
    let token = mac().sign(&claims()).expect("a token");
    let tag = bytes(segments(&token)[2]);
    for signature in changed_lengths(&tag) {
        assert_eq!(
            by_mac(&resigned(&token, &signature)),
            Some(Error::Signature),
            "{} bytes",
            signature.len()
        );
    }
    for pair in pairs() {
        let token = good(pair);
        for signature in changed_lengths(&bytes(segments(&token)[2])) {
            let forged = resigned(&token, &signature);
            assert_eq!(by_set(&pair.set(), &forged), Some(Error::Signature), "{} bytes", signature.len());
            assert_eq!(as_own(&pair.set(), &forged), Some(Error::Signature), "{} bytes", signature.len());
        }
    }
}

fn changed_lengths(signature: &[u8]) -> Vec<Vec<u8>> {
    let mut changed: Vec<Vec<u8>> =
        (0..signature.len()).step_by(7).map(|length| signature[..length].to_vec()).collect();
    changed.push(signature[..signature.len() - 1].to_vec());
    changed.push([signature, &[0]].concat());
    changed.push([&[0], signature].concat());
    changed.push([signature, signature].concat());
    changed
}

#[test]
fn a_mac_of_another_hash_or_key() {
    use aws_lc_rs::hmac;
    let token = mac().sign(&claims()).expect("a token");
    let (input, _) = token.rsplit_once('.').expect("a signature");
    for algorithm in [hmac::HMAC_SHA384, hmac::HMAC_SHA512, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY] {
        let tag = hmac::sign(&hmac::Key::new(algorithm, &SECRET), input.as_bytes());
        assert_eq!(by_mac(&resigned(&token, tag.as_ref())), Some(Error::Signature));
    }
    assert_eq!(by_mac(&sealed(input, hs256(&[0; 32]))), Some(Error::Signature));
    assert_eq!(by_mac(&sealed(input, hs256(b""))), Some(Error::Signature));
}

#[test]
fn the_payload_of_another_token() {
    let [mut one, mut other] = [claims(), claims()];
    one["sub"] = json!("1");
    other["sub"] = json!("2");
    for pair in pairs() {
        let [one, other] = [&one, &other].map(|claims| pair.key().sign(claims).expect("a token"));
        let ([header, payload, _], [_, _, signature]) = (segments(&one), segments(&other));
        let forged = format!("{header}.{payload}.{signature}");
        assert_eq!(as_own(&pair.set(), &forged), Some(Error::Signature));
    }
}

#[test]
fn a_point_signature_as_der() {
    for (pair, length) in [(&*P256, 32), (&*P384, 48)] {
        let token = good(pair);
        let signature = bytes(segments(&token)[2]);
        let integer = |bytes: &[u8]| {
            let digits = &bytes[bytes.iter().position(|byte| *byte != 0).expect("not zero")..];
            let sign: &[u8] = if digits[0] >= 0x80 { &[0] } else { &[] };
            [&[2, u8::try_from(sign.len() + digits.len()).expect("short")], sign, digits].concat()
        };
        let body = [integer(&signature[..length]), integer(&signature[length..])].concat();
        let der = [&[0x30, u8::try_from(body.len()).expect("short")], body.as_slice()].concat();
        assert_eq!(by_set(&pair.set(), &resigned(&token, &der)), Some(Error::Signature));
    }
}

#[test]
fn a_point_signature_of_zeros_or_of_the_groups_order() {
    // Psychic signatures, CVE-2022-21449: r and s must lie between 1 and the order less one.
    let token = good(&P256);
    let signature = bytes(segments(&token)[2]);
    let (r, s) = signature.split_at(32);
    let (zero, order, one) = ([0; 32], P256_ORDER, [&[0; 31][..], &[1]].concat());
    for (r, s) in [
        (&zero[..], &zero[..]),
        (&zero, s),
        (r, &zero),
        (&order, &order),
        (&order, s),
        (r, &order),
        (&zero, &order),
        (&one, &one),
        (&one, &zero),
        (&[0xff; 32], &[0xff; 32]),
    ] {
        let forged = resigned(&token, &[r, s].concat());
        assert_eq!(by_set(&P256.set(), &forged), Some(Error::Signature), "{r:02x?} {s:02x?}");
    }
    let forged = resigned(&good(&P384), &[0; 96]);
    assert_eq!(by_set(&P384.set(), &forged), Some(Error::Signature));
}

#[test]
fn an_ed25519_signature_with_the_order_added() {
    // RFC 8032 section 5.1.7: s must be less than the order, or every signature has a twin.
    let token = good(&ED25519);
    let mut signature = bytes(segments(&token)[2]);
    let mut carry = 0_u16;
    for (byte, add) in signature[32..].iter_mut().zip(ED25519_ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum & 0xff).expect("masked");
        carry = sum >> 8;
    }
    assert_eq!(by_set(&ED25519.set(), &resigned(&token, &signature)), Some(Error::Signature));
    assert_eq!(by_set(&ED25519.set(), &resigned(&token, &[0; 64])), Some(Error::Signature));
}

#[test]
fn an_rsa_signature_that_is_no_power() {
    let token = good(&RSA);
    let jose::PublicKey::Rsa { modulus, .. } = RSA.key().verifying_key().jwk().key.clone() else {
        panic!("an RSA key")
    };
    let one = [&[0; 255][..], &[1]].concat();
    for signature in [&[0; 256][..], &one, &[0xff; 256], &modulus] {
        assert_eq!(by_set(&RSA.set(), &resigned(&token, signature)), Some(Error::Signature));
    }
}

#[test]
fn a_token_that_is_too_long() {
    let sized = |length: usize| {
        let mut claims = claims();
        claims["pad"] = json!("x".repeat(length));
        mac().sign(&claims)
    };
    // Four letters spell three bytes.
    let room = MAX_TOKEN_BYTES * 3 / 4;
    let most = (room - 200..room).rev().find_map(|length| sized(length).ok()).expect("a length that fits");
    assert!(most.len() > MAX_TOKEN_BYTES - 4 && most.len() <= MAX_TOKEN_BYTES, "{}", most.len());
    assert_eq!(by_mac(&most), None);
    assert_eq!(sized(MAX_TOKEN_BYTES), Err(Error::TooLong), "what would not be read is not made");
    let mut longer = claims();
    longer["pad"] = json!("x".repeat(MAX_TOKEN_BYTES));
    let forged = token(r#"{"alg":"HS256","typ":"JWT"}"#, &longer.to_string(), hs256(&SECRET));
    assert_eq!(by_mac(&forged), Some(Error::TooLong));
    assert_eq!(by_set(&P256.set(), &forged), Some(Error::TooLong));
    assert_eq!(P256.key().sign(&longer), Err(Error::TooLong));
}

#[test]
fn a_payload_that_is_no_object() {
    for payload in ["", "null", "1", "\"exp\"", "[]", "[1700000600]", "{", "\u{feff}{}", "{}{}"] {
        let forged = token(r#"{"alg":"HS256","typ":"JWT"}"#, payload, hs256(&SECRET));
        assert_eq!(by_mac(&forged), Some(Error::Claims), "{payload}");
        let forged = token(r#"{"alg":"ES256"}"#, payload, |input| P256.sign(input));
        assert_eq!(by_set(&P256.set(), &forged), Some(Error::Claims), "{payload}");
    }
    for claims in [json!(null), json!([1]), json!("exp"), json!(1)] {
        assert_eq!(mac().sign(&claims), Err(Error::Claims), "{claims}");
        assert_eq!(P256.key().sign(&claims), Err(Error::Claims), "{claims}");
    }
}
