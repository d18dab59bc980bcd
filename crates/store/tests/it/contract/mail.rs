//! Messages that wait.

use identity::mail::queue::{NewMail, QueuedMail};
use identity::mail::{MailId, MailKind};
use identity::ports::{Change, Conflict, Store as _};
use identity::user::{User, UserNumber};

use crate::world::{FAR, World, at, id, new_mail};

const KIND: MailKind = MailKind::RestorePassword;

async fn queue(world: &World, mail: NewMail) -> QueuedMail {
    let NewMail { id, kind, user, ref sealed, created } = mail;
    let user = match user {
        Some(number) => world.store.user(number).await.unwrap().map(|user| user.id),
        None => None,
    };
    let queued = QueuedMail { id, kind, user, sealed: sealed.clone(), created, tries: 0 };
    assert_eq!(world.apply(Change::QueueMail(mail)).await, 1);
    queued
}

fn claim(mail: &QueuedMail, until: i64) -> Change {
    Change::ClaimMail { mail: mail.id, tries: mail.tries, until: at(until) }
}

async fn due(world: &World, seconds: i64) -> Vec<QueuedMail> {
    world.store.mail_due(at(seconds), 100).await.unwrap()
}

async fn count(world: &World, user: &User, kind: MailKind, after: i64) -> u64 {
    world.store.mails(user.number, kind, at(after)).await.unwrap()
}

pub(super) async fn a_message_waits_until_it_is_taken(world: &World) {
    let ann = world.user("ann").await;
    let content = (0..=255).collect::<Vec<u8>>();
    let mut waiting = Vec::new();
    for (kind, second) in MailKind::ALL.into_iter().zip([5, 3, 3, 9, 4]) {
        let new = NewMail { created: at(second), sealed: content.clone(), ..new_mail(&ann, kind) };
        waiting.push(queue(world, new).await);
    }
    waiting.sort_by_key(|mail| (mail.created, mail.id));
    assert_eq!(due(world, 2).await, []);
    assert_eq!(due(world, 3).await, waiting[..2]);
    assert_eq!(due(world, 8).await, waiting[..4]);
    assert_eq!(due(world, 9).await, waiting, "the longest due first");
    assert_eq!(world.store.mail_due(FAR, 3).await.unwrap(), waiting[..3]);
    assert_eq!(world.store.mail_due(FAR, 0).await.unwrap(), []);
    assert!(world.now(&ann).await == ann, "a message changes nothing of whom it is about");
}

pub(super) async fn an_id_queues_one_message(world: &World) {
    let ann = world.user("ann").await;
    let first = queue(world, new_mail(&ann, KIND)).await;
    world.unavailable(Change::QueueMail(NewMail { id: first.id, ..new_mail(&ann, KIND) })).await;
}

/// As one to somebody who is invited and has no account.
pub(super) async fn a_message_about_nobody_waits_as_any_other(world: &World) {
    let ann = world.user("ann").await;
    let kind = MailKind::Invitation;
    let mail = queue(world, NewMail { user: None, ..new_mail(&ann, kind) }).await;
    assert_eq!(due(world, 9).await, std::slice::from_ref(&mail));
    assert_eq!(count(world, &ann, kind, 0).await, 0);
    world.apply(claim(&mail, 20)).await;
    assert_eq!(world.apply(Change::MailSent { mail: mail.id, at: at(10) }).await, 1);
    assert_eq!(world.store.mail_due(FAR, 9).await.unwrap(), []);
}

pub(super) async fn messages_are_counted_by_user_kind_and_time(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    for second in [10, 20, 30] {
        queue(world, NewMail { created: at(second), ..new_mail(&ann, KIND) }).await;
    }
    let sent = queue(world, NewMail { created: at(40), ..new_mail(&ann, KIND) }).await.id;
    let failed = queue(world, NewMail { created: at(50), ..new_mail(&ann, KIND) }).await.id;
    queue(world, NewMail { created: at(40), ..new_mail(&ann, MailKind::VerifyEmail) }).await;
    queue(world, NewMail { created: at(40), ..new_mail(&bob, KIND) }).await;
    world.apply(Change::MailSent { mail: sent, at: at(60) }).await;
    world.apply(Change::MailFailed { mail: failed, at: at(60) }).await;
    for (after, expected) in [(0, 5), (9, 5), (10, 4), (30, 2), (49, 1), (50, 0)] {
        assert_eq!(count(world, &ann, KIND, after).await, expected, "after {after}");
    }
    assert_eq!(count(world, &ann, MailKind::VerifyEmail, 0).await, 1);
    assert_eq!(count(world, &ann, MailKind::AddressTaken, 0).await, 0);
    assert_eq!(world.store.mails(UserNumber(999), KIND, at(0)).await.unwrap(), 0);
}

pub(super) async fn a_message_is_taken_on_the_tries_that_were_read(world: &World) {
    let ann = world.user("ann").await;
    let mail = queue(world, new_mail(&ann, KIND)).await;
    let other = queue(world, new_mail(&ann, KIND)).await;
    assert_eq!(world.apply(claim(&mail, 20)).await, 1);
    assert_eq!(due(world, 19).await, std::slice::from_ref(&other), "who took it is left alone");
    assert_eq!(world.refused(claim(&mail, 30)).await, Conflict::MailTaken);
    // Nothing was heard of it: it is there again.
    let again = QueuedMail { tries: 1, ..mail };
    assert_eq!(due(world, 20).await, [again.clone(), other]);
    world.apply(claim(&again, 40)).await;
    for tries in [0, 1, 3] {
        let stale = QueuedMail { tries, ..again.clone() };
        assert_eq!(world.refused(claim(&stale, 50)).await, Conflict::MailTaken, "{tries}");
    }
    let unknown = QueuedMail { id: MailId(id()), ..again };
    assert_eq!(world.refused(claim(&unknown, 50)).await, Conflict::MailTaken);
}

pub(super) async fn a_message_that_did_not_leave_is_due_again_later(world: &World) {
    let ann = world.user("ann").await;
    let mail = queue(world, new_mail(&ann, KIND)).await;
    world.apply(claim(&mail, 100)).await;
    let later = |mail, tries| Change::MailLater { mail, tries, due: at(50) };
    for tries in [0, 2] {
        assert_eq!(world.apply(later(mail.id, tries)).await, 0, "somebody else took it since");
    }
    assert_eq!(world.apply(later(mail.id, 1)).await, 1);
    assert_eq!(due(world, 49).await, []);
    let again = QueuedMail { tries: 1, ..mail };
    assert_eq!(due(world, 50).await, [again], "before the time for which it was taken is over");
    assert_eq!(world.apply(later(MailId(id()), 1)).await, 0);
}

pub(super) async fn a_message_leaves_once_or_never(world: &World) {
    let ann = world.user("ann").await;
    let sent = queue(world, new_mail(&ann, KIND)).await;
    let failed = queue(world, new_mail(&ann, KIND)).await;
    let other = queue(world, new_mail(&ann, KIND)).await;
    world.apply(claim(&sent, 20)).await;
    assert_eq!(world.apply(Change::MailSent { mail: sent.id, at: at(5) }).await, 1);
    assert_eq!(world.apply(Change::MailFailed { mail: failed.id, at: at(5) }).await, 1);
    // What is known of them does not change any more.
    for mail in [sent.id, failed.id, MailId(id())] {
        for change in [
            Change::MailSent { mail, at: at(6) },
            Change::MailFailed { mail, at: at(6) },
            Change::MailLater { mail, tries: 1, due: at(6) },
        ] {
            assert_eq!(world.apply(change).await, 0);
        }
        for tries in [0, 1] {
            let claim = Change::ClaimMail { mail, tries, until: at(90) };
            assert_eq!(world.refused(claim).await, Conflict::MailTaken);
        }
    }
    assert_eq!(world.store.mail_due(FAR, 100).await.unwrap(), [other]);
    assert_eq!(count(world, &ann, KIND, 0).await, 3);
}

pub(super) async fn old_messages_are_forgotten(world: &World) {
    let ann = world.user("ann").await;
    for second in [8, 9, 10] {
        let (sent, failed) =
            (queue(world, new_mail(&ann, KIND)).await.id, queue(world, new_mail(&ann, KIND)).await.id);
        world.apply(Change::MailSent { mail: sent, at: at(second) }).await;
        world.apply(Change::MailFailed { mail: failed, at: at(second) }).await;
    }
    let waiting = queue(world, new_mail(&ann, KIND)).await;
    world.apply(Change::ForgetMail { before: at(9) }).await;
    assert_eq!(count(world, &ann, KIND, 0).await, 5);
    world.apply(Change::ForgetMail { before: FAR }).await;
    assert_eq!(count(world, &ann, KIND, 0).await, 1, "what waits is not old");
    assert_eq!(world.store.mail_due(FAR, 100).await.unwrap(), [waiting]);
}

pub(super) async fn no_message_waits_about_a_deleted_user(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    queue(world, new_mail(&ann, KIND)).await;
    let taken = queue(world, new_mail(&ann, KIND)).await;
    world.apply(claim(&taken, 90)).await;
    let sent = queue(world, new_mail(&ann, KIND)).await;
    world.apply(Change::MailSent { mail: sent.id, at: at(2) }).await;
    let others = queue(world, new_mail(&bob, KIND)).await;
    world.apply(Change::DeleteUser { user: ann.number, at: at(3), retired: vec![] }).await;
    assert_eq!(world.store.mail_due(FAR, 100).await.unwrap(), std::slice::from_ref(&others));
    assert_eq!(count(world, &ann, KIND, 0).await, 1);
    // Who delivers it at the moment says so, and nothing comes of it; nor of one that is queued too late.
    assert_eq!(world.apply(Change::MailSent { mail: taken.id, at: at(4) }).await, 0);
    let nobody = User { number: UserNumber(999), ..ann.clone() };
    for user in [&ann, &nobody] {
        assert_eq!(world.apply(Change::QueueMail(new_mail(user, KIND))).await, 0);
    }
    assert_eq!(world.store.mail_due(FAR, 100).await.unwrap(), [others]);
}
