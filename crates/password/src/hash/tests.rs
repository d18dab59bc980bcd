//! Vectors, the exact grammar, and what no input may do.

use proptest::prelude::*;

use super::*;
use crate::Backend;

const SMALL: Cost = Cost { memory_kib: 64, iterations: 1, parallelism: 1 };
const SALT: [u8; 16] = *b"0123456789abcdef";

fn memory() -> Memory {
    Memory::new(Backend::fastest())
}

fn password(typed: &str) -> Password {
    Password::new(typed).unwrap()
}

fn hash(typed: &str) -> PasswordHash {
    PasswordHash::make(SMALL, &password(typed), SALT, &mut memory()).unwrap()
}

fn matches(hash: &PasswordHash, typed: &str) -> bool {
    hash.matches(&password(typed), &mut memory()).unwrap()
}

fn parse_error(text: &str) -> HashError {
    match PasswordHash::parse(text) {
        Ok(hash) => panic!("{text} was taken for {hash:?}"),
        Err(error) => error,
    }
}

/// From `src/test.c` of the reference implementation (P-H-C/phc-winner-argon2), Argon2id, version 0x13.
#[test]
fn vectors_of_the_reference_implementation() {
    let vectors = [
        ("password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
        ("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"),
        (
            "password",
            "$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg",
        ),
        (
            "differentpassword",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94",
        ),
        (
            "password",
            "$argon2id$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$vfMrBczELrFdWP0ZsfhWsRPaHppYdP3MVEMIVlqoFBw",
        ),
    ];
    for backend in [Backend::avx512(), Backend::avx2(), Some(Backend::portable())].into_iter().flatten() {
        let mut memory = Memory::new(backend);
        for (typed, text) in vectors {
            let stored = PasswordHash::parse(text).unwrap();
            assert!(stored.matches(&password(typed), &mut memory).unwrap(), "{} {text}", backend.name());
            assert!(
                !stored.matches(&password("passwore"), &mut memory).unwrap(),
                "{} {text}",
                backend.name()
            );
        }
    }
}

#[test]
fn what_is_made_reads_back_and_matches_its_password_only() {
    let made = hash("correct horse");
    assert!(
        made.as_str().starts_with("$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"),
        "{}",
        made.as_str()
    );
    let read = PasswordHash::parse(made.as_str()).unwrap();
    assert_eq!(read.as_str(), made.as_str());
    for stored in [&made, &read] {
        assert!(matches(stored, "correct horse"));
        assert!(!matches(stored, "correct horsf"));
        assert!(!matches(stored, ""));
    }
}

/// NIST SP 800-63B-4, 3.1.1.2: normalised before hashing.
/// security 2, no. 4.
#[test]
fn composed_and_decomposed_letters_match() {
    assert!(matches(&hash("caf\u{e9}"), "cafe\u{301}"));
    assert!(matches(&hash("cafe\u{301}"), "caf\u{e9}"));
    assert!(!matches(&hash("caf\u{e9}"), "cafe"));
}

/// NIST SP 800-63B-4, 3.1.1.2 and ASVS 5.0, 6.2.8: the whole password as typed, no folding, no cut.
/// security 2, no. 3.
#[test]
fn case_blanks_and_everything_after_72_bytes_count() {
    let stored = hash("Secret");
    for other in ["secret", "SECRET", "Secret ", " Secret", "Secret\0"] {
        assert!(!matches(&stored, other), "{other:?}");
    }
    let long = "x".repeat(72);
    assert!(!matches(&hash(&(long.clone() + "a")), &(long.clone() + "b")));
    assert!(!matches(&hash(&(long.clone() + "a")), &long));
    let longest = "x".repeat(4095);
    assert!(matches(&hash(&(longest.clone() + "a")), &(longest.clone() + "a")));
    assert!(!matches(&hash(&(longest.clone() + "a")), &(longest + "b")));
}

#[test]
fn outdated_is_any_difference_from_what_would_be_made_today() {
    let stored = hash("x");
    assert!(!stored.is_outdated(&SMALL));
    for other in [
        Cost { memory_kib: 63, ..SMALL },
        Cost { memory_kib: 65, ..SMALL },
        Cost { iterations: 2, ..SMALL },
        Cost { parallelism: 2, ..SMALL },
    ] {
        assert!(stored.is_outdated(&other), "{other:?}");
    }
    let parsed = |salt: &[u8], output: &[u8]| PasswordHash::parse(&phc(64, 1, 1, salt, output)).unwrap();
    assert!(!parsed(&[7; 16], &[7; 32]).is_outdated(&SMALL));
    assert!(parsed(&[7; 8], &[7; 32]).is_outdated(&SMALL), "a short salt");
    assert!(parsed(&[7; 16], &[7; 16]).is_outdated(&SMALL), "a short output");
}

#[test]
fn debug_and_errors_show_neither_salt_nor_hash() {
    let stored = hash("x");
    assert_eq!(
        format!("{stored:?}"),
        "PasswordHash { argon2id: Cost { memory_kib: 64, iterations: 1, parallelism: 1 }, .. }"
    );
    let broken = stored.as_str().replace("v=19", "v=18");
    assert_eq!(format!("{:?}", PasswordHash::parse(&broken)), "Err(Version)");
}

/// A PHC string of these parts, whether they are in bounds or not.
fn phc(memory: u64, iterations: u64, parallelism: u64, salt: &[u8], output: &[u8]) -> String {
    let [salt, output] = [salt, output].map(|bytes| STANDARD_NO_PAD.encode(bytes));
    format!("$argon2id$v=19$m={memory},t={iterations},p={parallelism}${salt}${output}")
}

#[test]
fn the_bounds_of_a_stored_hash() {
    let (salt, output) = ([1; 16], [2; 32]);
    for good in [
        phc(8, 1, 1, &salt, &output),
        phc(1_048_576, 64, 16, &[1; 64], &[2; 64]),
        phc(128, 1, 16, &[1; 8], &[2; 16]),
    ] {
        assert_eq!(PasswordHash::parse(&good).unwrap().as_str(), good);
    }
    for (memory, iterations, parallelism) in
        [(7, 1, 1), (15, 1, 2), (1_048_577, 1, 1), (64, 0, 1), (64, 65, 1), (64, 1, 0), (1024, 1, 17)]
    {
        let error = parse_error(&phc(memory, iterations, parallelism, &salt, &output));
        assert!(matches!(error, HashError::Cost(_)), "{error:?}");
    }
    for bytes in [0, 7, 65] {
        assert_eq!(parse_error(&phc(64, 1, 1, &vec![1; bytes], &output)), HashError::SaltLength);
    }
    for bytes in [0, 15, 65] {
        assert_eq!(parse_error(&phc(64, 1, 1, &salt, &vec![2; bytes])), HashError::OutputLength);
    }
}

#[test]
fn only_argon2id_of_version_19() {
    let good = phc(64, 1, 1, &[1; 16], &[2; 32]);
    for scheme in
        ["argon2i", "argon2d", "argon2", "Argon2id", "argon2id ", "2b", "scrypt", "pbkdf2-sha256", ""]
    {
        assert_eq!(parse_error(&good.replace("argon2id", scheme)), HashError::UnknownScheme, "{scheme}");
    }
    for version in ["v=16", "v=18", "v=20", "v=0", "v=4294967295"] {
        assert_eq!(parse_error(&good.replace("v=19", version)), HashError::Version);
    }
    for version in ["v=019", "v=", "19", "V=19", "v=+19", "v=4294967296", "v=19,x=1"] {
        assert_eq!(parse_error(&good.replace("v=19", version)), HashError::Malformed, "{version}");
    }
    assert_eq!(
        parse_error(&good.replace("$v=19", "")),
        HashError::Malformed,
        "version 16 is written without"
    );
}

#[test]
fn the_grammar_is_exact() {
    let good = phc(64, 1, 1, &[1; 16], &[2; 32]);
    let bad = [
        String::new(),
        "$".to_owned(),
        "$argon2id$".to_owned(),
        good.trim_start_matches('$').to_owned(),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}$"),
        format!("{good}="),
        good.replace("m=64,t=1,p=1", "t=1,m=64,p=1"),
        good.replace("m=64,t=1,p=1", "m=64,t=1"),
        good.replace("m=64,t=1,p=1", "m=64,t=1,p=1,"),
        good.replace("m=64,t=1,p=1", "m=64,t=1,p=1,keyid=AAAA"),
        good.replace("m=64,t=1,p=1", "m=64,t=1,p=1,p=1"),
        good.replace("m=64", "m=064"),
        good.replace("m=64", "m=+64"),
        good.replace("m=64", "m=-64"),
        good.replace("m=64", "m= 64"),
        good.replace("m=64", "m=٦٤"),
        good.replace("m=64", "m=18446744073709551680"),
        good.replace("AQEB", "A_EB"),
        good.replace("AQEB", "A QEB"),
        good.rsplit_once('$').unwrap().0.to_owned(),
        format!("{good}{}", "A".repeat(300)),
    ];
    for text in bad {
        assert_eq!(parse_error(&text), HashError::Malformed, "{text}");
    }
    // 32 bytes of 2 end in `AgI`; `AgJ` differs only in bits that belong to no byte.
    assert!(good.ends_with("AgI"), "{good}");
    assert_eq!(parse_error(&(good.trim_end_matches("AgI").to_owned() + "AgJ")), HashError::Malformed);
}

proptest! {
    #[test]
    fn any_hash_in_bounds_goes_round(
        (parallelism, memory) in (1_u32..=16).prop_flat_map(|p| (Just(p), 8 * p..=1_048_576)),
        iterations in 1_u32..=64,
        salt in proptest::collection::vec(any::<u8>(), 8..=64),
        output in proptest::collection::vec(any::<u8>(), 16..=64),
    ) {
        let cost = Cost { memory_kib: memory, iterations, parallelism };
        let parts = Argon2id { cost, salt: Zeroizing::new(salt), output: Zeroizing::new(output) };
        let text = parts.to_phc();
        prop_assert_eq!(text.capacity(), MAX_TEXT, "it grew");
        let parsed = PasswordHash::parse(&text).unwrap();
        prop_assert_eq!(parsed.as_str(), text.as_str());
        let Scheme::Argon2id(read) = parsed.scheme;
        prop_assert_eq!((read.cost, read.salt, read.output), (parts.cost, parts.salt, parts.output));
    }

    #[test]
    fn any_text_is_a_hash_or_an_error(text in any::<String>()) {
        let _ = PasswordHash::parse(&text);
    }

    #[test]
    fn any_text_made_of_a_hash_s_pieces_is_a_hash_or_an_error(
        text in "(\\$(argon2id|argon2i|v=[0-9]{0,3}|m=[0-9]{0,11},t=[0-9]{0,3},p=[0-9]{0,3}|[A-Za-z0-9+/=]{0,90})){0,7}"
    ) {
        if let Ok(hash) = PasswordHash::parse(&text) {
            prop_assert_eq!(hash.as_str(), text.as_str());
        }
    }

    /// Whatever still parses after a change is in bounds and is written exactly as it was read.
    #[test]
    fn any_mutation_of_a_hash_is_a_hash_in_bounds_or_an_error(
        at in any::<prop::sample::Index>(), cut in 0_usize..4, insert in "[\\PC]{0,3}|[0-9$=,A-Za-z]{0,12}",
    ) {
        let mut text: Vec<char> = phc(19_456, 2, 1, b"somesaltsomesalt", &[0xa5; 32]).chars().collect();
        let from = at.index(text.len());
        let to = text.len().min(from + cut);
        text.splice(from..to, insert.chars());
        let text: String = text.into_iter().collect();
        if let Ok(hash) = PasswordHash::parse(&text) {
            let Scheme::Argon2id(parts) = &hash.scheme;
            prop_assert_eq!(parts.cost.check(), Ok(()));
            prop_assert!((8..=64).contains(&parts.salt.len()) && (16..=64).contains(&parts.output.len()));
            let written = parts.to_phc();
            prop_assert_eq!(written.as_str(), text.as_str());
        }
    }
}
