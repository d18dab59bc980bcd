//! What was wiped is gone from the files, not only from the rows (design, "At rest").

use std::path::PathBuf;

use identity::api_key::{ApiKey, NewApiKey};
use identity::federation::NewExternalIdentity;
use identity::keyring::KeyUse;
use identity::mail::queue::NewMail;
use identity::mail::{MailId, MailKind};
use identity::organization::{Invitation, NewInvitation};
use identity::ports::{Change, Commit, Store as _};
use identity::session::EndReason;
use identity::ticket::{NewTicket, Ticket};
use identity::user::address_change::AddressChange;
use identity::user::{Email, NewUser, PersonName, Status, User};
use store::Store;

use super::{Folder, companion, open};
use crate::world::{
    at, id, key, new_identity, new_invitation, new_key, new_mail, new_organization, new_signing_key,
    new_ticket, new_user, standing_key,
};

/// A store and its files.
struct Files {
    _folder: Folder,
    path: PathBuf,
    store: Store,
}

impl Files {
    fn new() -> Self {
        let folder = Folder::new();
        let path = folder.database();
        Self { store: open(&path), path, _folder: folder }
    }

    async fn apply(&self, changes: Vec<Change>) {
        self.store.commit(Commit { changes, events: vec![] }).await.unwrap();
    }

    async fn user(&self, name: &str) -> User {
        let user = new_user(name);
        let made = user.id;
        self.apply(vec![Change::CreateUser(user)]).await;
        self.store.user_by_id(made).await.unwrap().unwrap()
    }

    /// Whether these bytes stand in the database or in its log.
    fn hold(&self, needle: &[u8]) -> bool {
        ["", "-wal"].iter().any(|suffix| {
            let bytes = std::fs::read(companion(&self.path, suffix)).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle)
        })
    }
}

fn open_key(key: &NewApiKey) -> Change {
    Change::OpenApiKey { key: key.clone(), version: 1, limit: 9 }
}

#[tokio::test]
async fn the_secret_of_an_ended_key_is_gone() {
    let files = Files::new();
    let ann = files.user("ann").await;
    let user = ann.number;
    let (one, standing, other) =
        (new_key(&ann, "probe"), standing_key(&ann, "probe"), new_key(&ann, "probe"));
    files.apply([&one, &standing, &other].map(open_key).to_vec()).await;
    let (at, reason) = (at(9), EndReason::Revoked);
    for (key, end) in [
        (&one, Change::EndApiKey { key: one.key.id, at, reason }),
        (&standing, Change::EndStandingKeys { user, at, reason }),
    ] {
        let sealed = key.key.sealed.as_deref().unwrap();
        assert!(files.hold(sealed), "it is not where it was looked for");
        files.apply(vec![end]).await;
        assert!(!files.hold(sealed));
    }
    assert!(files.hold(other.key.sealed.as_deref().unwrap()));
}

#[tokio::test]
async fn the_secret_of_a_dropped_or_forgotten_signing_key_is_gone() {
    for end in [
        Change::DropSigningKeys { key_use: KeyUse::Probe, at: at(9) },
        Change::ForgetSigningKeys { before: at(6) },
    ] {
        let files = Files::new();
        let (old, active) = (new_signing_key(), new_signing_key());
        files.apply(vec![Change::AddSigningKey { key: old.clone(), previous: None }]).await;
        let previous = Some((old.id, at(5)));
        files.apply(vec![Change::AddSigningKey { key: active.clone(), previous }]).await;
        assert!(files.hold(&old.sealed), "it is not where it was looked for");
        files.apply(vec![end]).await;
        assert!(!files.hold(&old.sealed) && files.hold(&active.sealed));
    }
}

/// A short one, one that does not fit beside it on a page, and one of several pages.
#[tokio::test]
async fn a_message_that_left_or_failed_is_gone() {
    let files = Files::new();
    let ann = files.user("ann").await;
    let mails = [1, 600, 6000].map(|length: u32| {
        let content = (0..length).flat_map(|n| format!("<{length}:{n}>").into_bytes());
        NewMail { sealed: content.collect(), ..new_mail(&ann, MailKind::VerifyEmail) }
    });
    for fails in [false, true] {
        for mail in &mails {
            let id = MailId(id());
            files.apply(vec![Change::QueueMail(NewMail { id, ..mail.clone() })]).await;
            let (start, end) = (&mail.sealed[..5], &mail.sealed[mail.sealed.len() - 5..]);
            assert!(files.hold(start) && files.hold(end), "it is not where it was looked for");
            files.apply(vec![Change::ClaimMail { mail: id, tries: 0, until: at(9) }]).await;
            files
                .apply(vec![if fails {
                    Change::MailFailed { mail: id, at: at(9) }
                } else {
                    Change::MailSent { mail: id, at: at(9) }
                }])
                .await;
            assert!(!files.hold(start) && !files.hold(end), "{}", String::from_utf8_lossy(start));
        }
    }
}

/// Withdrawn, forgotten, or in the way of another one.
#[tokio::test]
async fn an_address_goes_with_its_invitation() {
    let files = Files::new();
    let ann = files.user("ann").await;
    let acme = new_organization("Acme");
    files.apply(vec![Change::CreateOrganization(acme.clone())]).await;
    let later = |name: &str| {
        let NewInvitation { invitation, digest } = new_invitation(&acme, &ann, name);
        let (created, expires) = (at(600), at(1200));
        NewInvitation { invitation: Invitation { created, expires, ..invitation }, digest }
    };
    for n in 0..3 {
        let name = format!("Wandguest{n}");
        let new = new_invitation(&acme, &ann, &name);
        let invitation = new.invitation.id;
        files.apply(vec![Change::OpenInvitation(new)]).await;
        assert!(files.hold(name.as_bytes()), "it is not where it was looked for");
        files
            .apply(vec![match n {
                0 => Change::WithdrawInvitation { invitation },
                1 => Change::ForgetInvitations { before: at(601) },
                _ => Change::OpenInvitation(later(&name.to_lowercase())),
            }])
            .await;
        assert!(!files.hold(name.as_bytes()), "{name}");
    }
}

#[tokio::test]
async fn what_was_known_of_a_deleted_user_is_gone() {
    let files = Files::new();
    let user = NewUser { name: PersonName::parts("Wandgiven", "Wandfamily"), ..new_user("wandname") };
    let id = user.id;
    files.apply(vec![Change::CreateUser(user)]).await;
    let user = files.store.user_by_id(id).await.unwrap().unwrap();
    let NewApiKey { key: api_key, digest } = new_key(&user, "probe");
    let api_key = NewApiKey { key: ApiKey { name: "Wandlaptop".to_owned(), ..api_key }, digest };
    let NewTicket { ticket, digest } = new_ticket(&user);
    let address = key("wandaddress@example.org");
    let ticket = NewTicket {
        ticket: Ticket { address, password: Some("$argon2id$wandhash".to_owned()), ..ticket },
        digest,
    };
    let signing_key = new_signing_key().id;
    let mail = new_mail(&user, MailKind::AddressChanged);
    let known: Vec<Vec<u8>> = vec![
        b"Wandgiven".to_vec(),
        b"Wandfamily".to_vec(),
        b"wandname".to_vec(),
        b"Wandlaptop".to_vec(),
        api_key.key.sealed.clone().unwrap(),
        b"wandaddress".to_vec(),
        b"wandhash".to_vec(),
        mail.sealed.clone(),
        b"wandissuer".to_vec(),
        b"wandsubject".to_vec(),
        b"WANDNAME".to_vec(),
        b"wandfollowed".to_vec(),
        b"wandguest".to_vec(),
        b"wandwanted".to_vec(),
    ];
    let acme = new_organization("Acme");
    let invited = |name: &str| new_invitation(&acme, &user, name);
    let followed = invited("wandfollowed");
    let redeem =
        Change::RedeemInvitation { invitation: followed.invitation.id, user: user.number, at: at(2) };
    let wanted = AddressChange {
        user: user.number,
        email: Email::new("wandwanted@example.org").unwrap(),
        waits_new: true,
        waits_old: false,
        expires: at(600),
    };
    let identity = NewExternalIdentity {
        issuer: "https://wandissuer.example".to_owned(),
        ..new_identity(user.id, "wandsubject")
    };
    files
        .apply(vec![
            open_key(&api_key),
            Change::OpenTicket { ticket, signing_key, version: 1, status: Status::Active },
            Change::QueueMail(mail),
            Change::LinkIdentity { identity, version: 1 },
            Change::CreateOrganization(acme.clone()),
            Change::OpenInvitation(invited("WANDNAME")),
            Change::OpenInvitation(followed),
            redeem,
            Change::OpenInvitation(invited("wandguest")),
            Change::OpenAddressChange { change: wanted, version: 1 },
        ])
        .await;
    for bytes in &known {
        assert!(files.hold(bytes), "it is not where it was looked for: {}", String::from_utf8_lossy(bytes));
    }
    files.apply(vec![Change::DeleteUser { user: user.number, at: at(9), retired: vec![] }]).await;
    for bytes in &known {
        assert!(!files.hold(bytes), "{}", String::from_utf8_lossy(bytes));
    }
}
