//! Internal tokens made a second, against bare signatures of as many bytes by the same key. On one thread; no HTTP, no
//! database.

use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use identity::keyring::KeyUse;
use identity::ports::Entropy;
use identity::session::SessionId;
use identity::token::minting::{Minting, TokenNames};
use identity::user::{PersonName, Role, Status, User, UserNumber};
use identity::{InternalTokenForm, MasterKey, SubjectForm, Timestamp};
use jose::{Algorithm, KeyKind, Pkcs8, SigningKey};
use uuid::Uuid;

use crate::figures::Rounds;
use crate::measure::Plan;
use crate::report::{Table, section, verdict};
use crate::{now, progress};

/// The least share of the bare rate, where there is a line.
const LINE: f64 = 0.85;

struct Case {
    algorithm: Algorithm,
    kind: KeyKind,
    bare: fn(&[u8]) -> anyhow::Result<Bare>,
    line: Option<f64>,
}

const CASES: [Case; 3] = [
    Case {
        algorithm: Algorithm::EdDsa,
        kind: KeyKind::Ed25519,
        bare: |key| Ok(Bare::Ed25519(Ed25519KeyPair::from_pkcs8(key)?)),
        line: Some(LINE),
    },
    Case {
        algorithm: Algorithm::Es256,
        kind: KeyKind::P256,
        bare: |key| Ok(Bare::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key)?)),
        line: Some(LINE),
    },
    Case {
        algorithm: Algorithm::Rs256,
        kind: KeyKind::Rsa2048,
        bare: |key| Ok(Bare::Rsa(RsaKeyPair::from_pkcs8(key)?)),
        line: None,
    },
];

/// As the server's.
struct System;

impl Entropy for System {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "what is measured draws from it as well"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        aws_lc_rs::rand::fill(buffer).expect("the system gives random numbers");
    }
}

/// A bare signature.
enum Bare {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
}

impl Bare {
    fn sign(&self, message: &[u8], room: &mut [u8]) -> anyhow::Result<()> {
        let random = SystemRandom::new();
        match self {
            Self::Ed25519(pair) => {
                std::hint::black_box(pair.try_sign(message)?);
            }
            Self::P256(pair) => {
                std::hint::black_box(pair.sign(&random, message)?);
            }
            Self::Rsa(pair) => pair.sign(&RSA_PKCS1_SHA256, &random, message, room)?,
        }
        Ok(())
    }
}

pub(super) fn measure(plan: &Plan) -> anyhow::Result<String> {
    progress("minting");
    let form = InternalTokenForm {
        key_use: KeyUse::BixArena,
        issuer: "https://login.example.org".to_owned(),
        audience: "vestibule".to_owned(),
        subject: SubjectForm::Id,
        life: Duration::from_mins(10),
        service_life: Duration::from_mins(5),
    };
    let names = TokenNames::new(&MasterKey::new([7; 32]));
    let user = somebody();
    let mut table = Table::new(&["Algorithm", "bare signatures/s", "tokens/s", "ratio", "line"]);
    for Case { algorithm, kind, bare, line } in CASES {
        let pkcs8 = Pkcs8::generate(kind)?;
        let bare = bare(pkcs8.expose())?;
        let key = SigningKey::from_pkcs8(algorithm, pkcs8.expose())?;
        let key = key.with_kid(&Uuid::from_u128(3).to_string());
        let minting = Minting { form: &form, key: &key, names: &names, entropy: &System };
        let at = Timestamp::from_millis(1_800_000_000_000);
        let mint = || minting.of_session(at, &user, SessionId(Uuid::from_u128(9)), &["user"], &form.audience);
        let token = mint()?;
        let message = token.expose().rsplit_once('.').map_or(0, |(input, _)| input.len());
        let (message, mut room) = (vec![b'x'; message], vec![0; 256]);
        let mut rounds = Vec::new();
        for _ in 0..2 * plan.rounds {
            let limit = rate(plan.minting, || bare.sign(&message, &mut room))?;
            let tokens = rate(plan.minting, || {
                std::hint::black_box(mint()?);
                Ok(())
            })?;
            rounds.push((limit, tokens));
        }
        let limit = Rounds::of(rounds.iter().map(|(limit, _)| *limit));
        let tokens = Rounds::of(rounds.iter().map(|(_, tokens)| *tokens));
        let ratio = Rounds::of(rounds.iter().map(|(limit, tokens)| tokens / limit));
        let told = line.map_or_else(
            || "reported".to_owned(),
            |line| format!("{} (>= {line})", verdict(ratio.median >= line)),
        );
        table.row(&[
            algorithm.name().to_owned(),
            format!("{limit:.0}"),
            format!("{tokens:.0}"),
            format!("{ratio:.3}"),
            told,
        ]);
    }
    let introduction = "Internal tokens (`POST /token`) with claims, name and signature, against signatures of the same \
                        number of bytes by aws-lc-rs with the same key. One thread, HTTP and the look at the session \
                        and the keyring aside.";
    Ok(section("Minting", introduction, &[table]))
}

/// How often in a second.
fn rate(length: Duration, mut once: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let (began, mut times) = (now(), 0_u32);
    loop {
        for _ in 0..16 {
            once()?;
        }
        times += 16;
        let passed = began.elapsed();
        if passed >= length {
            return Ok(f64::from(times) / passed.as_secs_f64());
        }
    }
}

fn somebody() -> User {
    let at = Timestamp::from_millis(1_700_000_000_000);
    User {
        number: UserNumber(1),
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
        username: Some("ann".to_owned()),
        email: None,
        email_verified: false,
        name: PersonName::default(),
        role: Role::User,
        status: Status::Active,
        parent: None,
        must_change_password: false,
        has_password: false,
        created: at,
        updated: at,
        last_sign_in: None,
        deleted: None,
        credential_version: 1,
    }
}
