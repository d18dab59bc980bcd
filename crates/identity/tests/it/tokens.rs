//! Session tokens, signing keys and API keys: what they open, and what takes that away.

use std::borrow::Cow;
use std::time::Duration;

use identity::api_key::Grant;
use identity::api_key::keys::{ChangeApiKey, KeySurface, MakeApiKey};
use identity::keyring::KeyUse;
use identity::ports::Store as _;
use identity::token::CustomToken;
use identity::user::{Permission, Permissions};
use identity::{
    Caller, ChangePassword, Door, ErrorKind, PasswordSignIn, Result, Secret, SecretForm, SignedIn, Surface,
    TokenForm,
};
use testkit::TestServer;

use super::{PASSWORD, house, refused, surface};

/// A door that gives out signed tokens.
pub(super) fn signing(audience: &str) -> Surface {
    let token = TokenForm {
        key_use: KeyUse::Probe,
        issuer: "https://a.example".to_owned(),
        audience: audience.to_owned(),
    };
    Surface {
        form: SecretForm::Hex { prefix: String::new(), digits: 32 },
        token: Some(token),
        absolute: Some(Duration::from_hours(3)),
        ..surface()
    }
}

fn keys() -> KeySurface {
    KeySurface {
        door: Door::new("front"),
        form: SecretForm::Base36 { prefix: Cow::Borrowed(""), digits: 64 },
        shown_again: true,
    }
}

async fn login(server: &TestServer, surface: &Surface, end_others: bool) -> Result<SignedIn> {
    let (name, password) = ("john".to_owned(), PASSWORD.to_owned());
    let command = PasswordSignIn { name, password, presented: None, end_others };
    server.identity.sign_in.with_password(&server.visitor(&surface.door), surface, command).await
}

async fn check(server: &TestServer, surface: &Surface, secret: &Secret) -> Result<Caller> {
    server.identity.sessions.check(&server.visitor(&surface.door), surface, secret).await
}

async fn check_key(server: &TestServer, secret: &Secret) -> Result<Caller> {
    let door = keys().door;
    server.identity.api_keys.check(&server.visitor(&door), &door, secret).await
}

fn one(permission: Permission) -> Permissions {
    [permission].into_iter().collect()
}

/// Neither the token nor the digest of all of it is what the ledger keeps: it keeps the digest of the `jti`.
#[tokio::test]
async fn a_token_is_checked_against_the_ledger() {
    let (server, john) = house().await;
    let surface = signing("probe");
    let signed_in = login(&server, &surface, false).await.expect("good");
    assert_eq!(signed_in.secret.expose().split('.').count(), 3);
    let caller = check(&server, &surface, &signed_in.secret).await.expect("live");
    assert_eq!(*caller.user, server.identity.accounts.find("john").await.expect("there"));
    let found = server.store().session_by_digest(&signed_in.secret.digest()).await.expect("an answer");
    assert!(found.is_none(), "the digest of the whole token opens nothing");
    server.identity.sessions.end_all_of(&server.operator(), &john).await.expect("ended");
    assert_eq!(refused(check(&server, &surface, &signed_in.secret).await), ErrorKind::CredentialInvalid);
}

/// security 2, no. 39: tokens of one face are useless in another.
/// security 2, no. 38.
#[tokio::test]
async fn a_token_for_another_audience_issuer_or_purpose_is_refused() {
    let (server, _) = house().await;
    let surface = signing("probe");
    let secret = login(&server, &surface, false).await.expect("good").secret;
    let elsewhere = signing("bixarena");
    assert_eq!(refused(check(&server, &elsewhere, &secret).await), ErrorKind::CredentialInvalid);
    let mut moved = signing("probe");
    moved.token.as_mut().expect("a form").issuer = "https://b.example".to_owned();
    assert_eq!(refused(check(&server, &moved, &secret).await), ErrorKind::CredentialInvalid);
    // The plain secret of another surface of the same door is no token.
    let plain = login(&server, &super::surface(), false).await.expect("good").secret;
    assert_eq!(refused(check(&server, &surface, &plain).await), ErrorKind::CredentialInvalid);
}

/// security 2, no. 24.
#[tokio::test]
async fn a_token_ends_with_its_session() {
    let (server, _) = house().await;
    let surface = signing("probe");
    let secret = login(&server, &surface, false).await.expect("good").secret;
    server.advance(Duration::from_secs(3 * 3600 - 1));
    check(&server, &surface, &secret).await.expect("live");
    server.advance(Duration::from_secs(1));
    assert_eq!(refused(check(&server, &surface, &secret).await), ErrorKind::CredentialInvalid);
}

/// Another process rotated the key: its tokens are known at once, and those of the key before for as long as told.
#[tokio::test]
async fn a_rotated_key_is_found_and_the_one_before_is_kept_or_dropped() {
    let (server, _) = house().await;
    let other = server.restarted_with("");
    let surface = signing("probe");
    let before = login(&server, &surface, false).await.expect("good").secret;
    let keyring = &other.identity.keyring;
    keyring.rotate(&other.operator(), KeyUse::Probe, false).await.expect("done");
    let after = login(&other, &surface, false).await.expect("good").secret;
    check(&server, &surface, &after).await.expect("a key that another process made");
    check(&server, &surface, &before).await.expect("kept");
    assert_eq!(keyring.list().await.expect("a list").len(), 2);

    keyring.rotate(&other.operator(), KeyUse::Probe, true).await.expect("done");
    for secret in [&before, &after] {
        assert_eq!(refused(check(&server, &surface, secret).await), ErrorKind::CredentialInvalid);
    }
    assert_eq!(keyring.list().await.expect("a list").len(), 1);
    // A process that still remembers the dropped key signs with the new one.
    let secret = login(&server, &surface, false).await.expect("good").secret;
    check(&other, &surface, &secret).await.expect("live");
}

#[tokio::test]
async fn a_kept_key_is_accepted_no_longer_than_its_longest_token_lives() {
    let (server, _) = house().await;
    let other = server.restarted_with("");
    let surface = Surface { absolute: None, ..signing("probe") };
    let secret = login(&server, &surface, false).await.expect("good").secret;
    check(&server, &surface, &secret).await.expect("opened here");
    other.identity.keyring.rotate(&other.operator(), KeyUse::Probe, false).await.expect("done");
    server.advance(Duration::from_hours(14 * 24));
    check(&server, &surface, &secret).await.expect("as long as the longest token lives");
    // And a minute more, because clocks differ.
    server.advance(Duration::from_mins(1));
    for process in [&server, &other, &server.restarted_with("")] {
        assert_eq!(refused(check(process, &surface, &secret).await), ErrorKind::CredentialInvalid);
    }
}

/// contracts 3.3, `logout-other`.
#[tokio::test]
async fn a_login_may_end_the_others_of_its_door() {
    let (server, _) = house().await;
    let surface = signing("probe");
    let elsewhere = Surface { door: Door::new("back"), ..super::surface() };
    let kept = login(&server, &elsewhere, false).await.expect("good").secret;
    let before = login(&server, &surface, false).await.expect("good").secret;
    let after = login(&server, &surface, true).await.expect("good").secret;
    assert_eq!(refused(check(&server, &surface, &before).await), ErrorKind::CredentialInvalid);
    check(&server, &surface, &after).await.expect("live");
    check(&server, &elsewhere, &kept).await.expect("another door's");
    let everywhere = Surface { scope: identity::Scope::Account, ..signing("probe") };
    login(&server, &everywhere, true).await.expect("good");
    assert_eq!(refused(check(&server, &elsewhere, &kept).await), ErrorKind::CredentialInvalid);
}

/// The account's standing key is one, is shown again, survives a logout, rests with a suspension and is replaced by a
/// new password.
#[tokio::test]
async fn the_standing_key_of_an_account() {
    let (server, john) = house().await;
    let api_keys = &server.identity.api_keys;
    let op = server.visitor(&keys().door);
    let standing = || async {
        let signed_in = login(&server, &signing("probe"), false).await.expect("good");
        api_keys.standing(&op, &keys(), &signed_in).await.expect("a key").expose().to_owned()
    };
    let first = standing().await;
    assert_eq!(standing().await, first);
    let secret = Secret::presented(&first).expect("a secret");
    let stored = String::from_utf8_lossy(&server.stored_bytes()).into_owned();
    assert!(!stored.contains(&first), "sealed");
    server.identity.sessions.end_all_of(&server.operator(), &john).await.expect("ended");
    check_key(&server, &secret).await.expect("a key is no session");

    let accounts = &server.identity.accounts;
    accounts.suspend(&server.operator(), &john).await.expect("done");
    assert_eq!(refused(check_key(&server, &secret).await), ErrorKind::UserInactive);
    accounts.activate(&server.operator(), &john).await.expect("done");
    check_key(&server, &secret).await.expect("works again");

    let session = login(&server, &signing("probe"), false).await.expect("good").secret;
    let caller = check(&server, &signing("probe"), &session).await.expect("live");
    let change = |end_others| ChangePassword::new(PASSWORD, PASSWORD, end_others);
    accounts.change_password(&op, &caller, change(false)).await.expect("done");
    check_key(&server, &secret).await.expect("kept");
    let caller = check(&server, &signing("probe"), &session).await.expect("live");
    accounts.change_password(&op, &caller, change(true)).await.expect("done");
    assert_eq!(refused(check_key(&server, &secret).await), ErrorKind::CredentialInvalid);
    assert_ne!(standing().await, first);
}

/// A login that was overtaken by a change of the password is not shown the key that came after it; one that outlived
/// the change is shown a key, whether there is one yet or not.
#[tokio::test]
async fn the_standing_key_is_shown_to_a_login_that_still_stands() {
    let (server, _) = house().await;
    let (surface, op) = (signing("probe"), server.visitor(&keys().door));
    let api_keys = &server.identity.api_keys;
    let change = async |by: &SignedIn, end_others| {
        let caller = check(&server, &surface, &by.secret).await.expect("live");
        let change = ChangePassword::new(PASSWORD, PASSWORD, end_others);
        server.identity.accounts.change_password(&op, &caller, change).await.expect("done");
    };
    let acting = login(&server, &surface, false).await.expect("good");
    let under_way = login(&server, &surface, false).await.expect("good");
    change(&acting, false).await;
    let key = api_keys.standing(&op, &keys(), &under_way).await.expect("it outlived the change");
    assert_eq!(api_keys.standing(&op, &keys(), &acting).await.expect("a key").expose(), key.expose());

    let overtaken = login(&server, &surface, false).await.expect("good");
    change(&acting, true).await;
    assert_eq!(refused(api_keys.standing(&op, &keys(), &overtaken).await), ErrorKind::CredentialInvalid);
    let after = login(&server, &surface, false).await.expect("good");
    let next = api_keys.standing(&op, &keys(), &after).await.expect("a key");
    assert_ne!(next.expose(), key.expose());
    assert_eq!(refused(api_keys.standing(&op, &keys(), &overtaken).await), ErrorKind::CredentialInvalid);
    check_key(&server, &next).await.expect("live");
}

/// A key that may less than its owner reaches nothing beyond itself: no session, no key, no token, no password.
#[tokio::test]
async fn a_restricted_credential_does_not_reach_beyond_itself() {
    let (server, _) = house().await;
    let surface = signing("probe");
    let session = login(&server, &surface, false).await.expect("good").secret;
    let owner = check(&server, &surface, &session).await.expect("live");
    let identity = &server.identity;
    let op = server.visitor(&surface.door);
    let grant = Grant { granted: one(Permission::ReadMedia), ..Grant::default() };
    let make = MakeApiKey { grant, ..MakeApiKey::default() };
    let key = identity.api_keys.create(&op, &keys(), &owner, make).await.expect("a key");
    let wanted = CustomToken { permissions: one(Permission::ReadMedia), ..CustomToken::default() };
    let token = identity.tokens.mint(&op, &surface, &owner, wanted).await.expect("a token");
    let by_key = check_key(&server, &key.secret.expect("shown")).await.expect("live");
    let by_token = check(&server, &surface, &token.secret).await.expect("live");
    for caller in [by_key, by_token] {
        assert_eq!(caller.permissions(), one(Permission::ReadMedia));
        let api_keys = &identity.api_keys;
        let outcomes = [
            api_keys.create(&op, &keys(), &caller, MakeApiKey::default()).await.map(drop),
            api_keys.list(&op, &keys().door, &caller, true).await.map(drop),
            identity.tokens.mint(&op, &surface, &caller, CustomToken::default()).await.map(drop),
            identity.sessions.list_own(&op, &surface, &caller).await.map(drop),
            identity.sessions.sign_out_everywhere(&op, &surface, &caller).await.map(drop),
            identity.accounts.own_profile(&op, &caller).await.map(drop),
            identity
                .accounts
                .change_password(&op, &caller, ChangePassword::new(PASSWORD, PASSWORD, true))
                .await,
        ];
        for outcome in outcomes {
            assert_eq!(refused(outcome), ErrorKind::Forbidden);
        }
    }
}

#[tokio::test]
async fn a_key_is_changed_and_ended_by_its_owner_only() {
    let (server, _) = house().await;
    server.user("ann", PASSWORD).await;
    let surface = signing("probe");
    let op = server.visitor(&surface.door);
    let session = login(&server, &surface, false).await.expect("good").secret;
    let john = check(&server, &surface, &session).await.expect("live");
    let api_keys = &server.identity.api_keys;
    let make = MakeApiKey { life: Some(Duration::from_mins(1)), ..MakeApiKey::default() };
    let secret = api_keys.create(&op, &keys(), &john, make).await.expect("a key").secret.expect("shown");
    let door = keys().door;

    let command = PasswordSignIn {
        name: "ann".to_owned(),
        password: PASSWORD.to_owned(),
        presented: None,
        end_others: false,
    };
    let ann = server.identity.sign_in.with_password(&op, &surface, command).await.expect("good").secret;
    let ann = check(&server, &surface, &ann).await.expect("live");
    assert_eq!(refused(api_keys.own(&op, &door, &ann, &secret, true).await), ErrorKind::ApiKeyNotFound);
    assert_eq!(refused(api_keys.end(&op, &door, &ann, &secret).await), ErrorKind::ApiKeyNotFound);

    server.advance(Duration::from_mins(1));
    assert_eq!(refused(check_key(&server, &secret).await), ErrorKind::CredentialInvalid);
    let op = server.visitor(&surface.door);
    let change = ChangeApiKey { life: Some(None), ..ChangeApiKey::default() };
    api_keys.change(&op, &door, &john, &secret, change).await.expect("changed");
    check_key(&server, &secret).await.expect("has no end any more");
    api_keys.end(&op, &door, &john, &secret).await.expect("ended");
    assert_eq!(refused(check_key(&server, &secret).await), ErrorKind::CredentialInvalid);
    assert_eq!(refused(api_keys.end(&op, &door, &john, &secret).await), ErrorKind::ApiKeyNotFound);
}

#[tokio::test]
async fn custom_claims_are_bounded_and_never_the_servers_own() {
    let (server, _) = house().await;
    let surface = signing("probe");
    let op = server.visitor(&surface.door);
    let session = login(&server, &surface, false).await.expect("good").secret;
    let owner = check(&server, &surface, &session).await.expect("live");
    let mint = |name: &str, value: String| {
        let mut claims = serde_json::Map::new();
        claims.insert(name.to_owned(), value.into());
        let wanted = CustomToken { claims, ..CustomToken::default() };
        server.identity.tokens.mint(&op, &surface, &owner, wanted)
    };
    for name in ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "nbf", "permissions"] {
        assert_eq!(refused(mint(name, "x".to_owned()).await), ErrorKind::TokenClaimsInvalid, "{name}");
    }
    assert_eq!(refused(mint("long", "x".repeat(3000)).await), ErrorKind::TokenClaimsInvalid);
    let minted = mint("team", "blue".to_owned()).await.expect("a token");
    check(&server, &surface, &minted.secret).await.expect("live");
}
