//! Tickets.

use identity::keyring::SigningKeyId;
use identity::ports::{Change, Conflict, Store as _};
use identity::ticket::{NewTicket, Purpose, Ticket, TicketId};
use identity::user::{NewUser, Status, User, UserNumber};
use uuid::Uuid;

use crate::world::{World, at, digest_of, id, key, new_ticket, new_user};

const NOBODY: UserNumber = UserNumber(999);
const KEY: SigningKeyId = SigningKeyId(Uuid::from_u128(7));

fn open(ticket: NewTicket, version: i64, status: Status) -> Change {
    Change::OpenTicket { ticket, signing_key: KEY, version, status }
}

fn redeem(ticket: TicketId, seconds: i64) -> Change {
    Change::RedeemTicket { ticket, at: at(seconds) }
}

pub(super) async fn a_ticket_reads_back_as_opened(world: &World) {
    let ann = world.make(NewUser { status: Status::Pending, ..new_user("ann") }).await;
    for purpose in Purpose::ALL {
        for password in [None, Some("$argon2id$chosen".to_owned())] {
            let NewTicket { ticket, digest } = new_ticket(&ann);
            let address = key("Ännchen.Lee+x@Example.org");
            let ticket = Ticket { purpose, address, password, ..ticket };
            let new = NewTicket { ticket: ticket.clone(), digest: digest.clone() };
            assert_eq!(world.apply(open(new, 1, Status::Pending)).await, 1);
            let (found, owner) = world.store.ticket_by_digest(&digest).await.unwrap().unwrap();
            assert!(found == ticket && owner == ann, "{found:?}, {owner:?}");
        }
    }
    assert!(world.now(&ann).await == ann, "opening one changes nothing of its owner");
}

pub(super) async fn nothing_is_found_by_what_opens_no_ticket(world: &World) {
    let ann = world.user("ann").await;
    let ticket = world.open_ticket(new_ticket(&ann), KEY).await;
    let mut other = digest_of(ticket.id.0);
    other.bytes.pop();
    for unknown in [other, digest_of(Uuid::max())] {
        assert!(world.store.ticket_by_digest(&unknown).await.unwrap().is_none());
    }
}

pub(super) async fn a_ticket_is_opened_for_a_user_as_read(world: &World) {
    for status in Status::ALL {
        let user = world.make(NewUser { status, ..new_user(status.as_str()) }).await;
        world.apply(open(new_ticket(&user), 1, status)).await;
        for version in [0, 2] {
            let refused = world.refused(open(new_ticket(&user), version, status)).await;
            assert_eq!(refused, Conflict::UserChanged);
        }
        for other in Status::ALL.into_iter().filter(|other| *other != status) {
            assert_eq!(world.refused(open(new_ticket(&user), 1, other)).await, Conflict::UserChanged);
        }
    }
    let gone = world.user("gone").await;
    let nobody = User { number: NOBODY, ..gone.clone() };
    world.apply(Change::DeleteUser { user: gone.number, at: at(2), retired: vec![] }).await;
    for (user, version) in [(&gone, 1), (&gone, 2), (&nobody, 1)] {
        let refused = world.refused(open(new_ticket(user), version, Status::Active)).await;
        assert_eq!(refused, Conflict::UserChanged);
    }
}

pub(super) async fn an_id_and_a_secret_open_one_ticket(world: &World) {
    let ann = world.user("ann").await;
    let first = world.open_ticket(new_ticket(&ann), KEY).await;
    let NewTicket { ticket, digest } = new_ticket(&ann);
    let same_id = NewTicket { ticket: Ticket { id: first.id, ..ticket.clone() }, digest };
    let same_secret = NewTicket { ticket, digest: digest_of(first.id.0) };
    for second in [same_id, same_secret] {
        world.unavailable(open(second, 1, Status::Active)).await;
    }
}

/// security 1, code-race: the second is refused, and so is one past its end.
pub(super) async fn a_ticket_is_used_once_and_in_time(world: &World) {
    let ann = world.user("ann").await;
    let used = world.open_ticket(new_ticket(&ann), KEY).await;
    let late = world.open_ticket(new_ticket(&ann), KEY).await;
    assert_eq!(world.apply(redeem(used.id, 599)).await, 1);
    assert!(!world.has_ticket(&used).await);
    assert_eq!(world.refused(redeem(used.id, 599)).await, Conflict::TicketGone);
    for second in [600, 601] {
        assert_eq!(world.refused(redeem(late.id, second)).await, Conflict::TicketGone);
    }
    assert!(world.has_ticket(&late).await, "one past its end is kept until it is forgotten");
    assert_eq!(world.refused(redeem(TicketId(id()), 2)).await, Conflict::TicketGone);
    assert!(world.now(&ann).await == ann);
}

pub(super) async fn all_tickets_of_a_user_are_ended(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let mut anns = Vec::new();
    for _ in 0..3 {
        anns.push(world.open_ticket(new_ticket(&ann), KEY).await);
    }
    let bobs = world.open_ticket(new_ticket(&bob), KEY).await;
    assert_eq!(world.apply(Change::EndTickets { user: ann.number }).await, 3);
    for ticket in anns {
        assert!(!world.has_ticket(&ticket).await);
        assert_eq!(world.refused(redeem(ticket.id, 2)).await, Conflict::TicketGone);
    }
    assert!(world.has_ticket(&bobs).await);
    assert!(world.now(&ann).await == ann);
    assert_eq!(world.apply(Change::EndTickets { user: ann.number }).await, 0);
    assert_eq!(world.apply(Change::EndTickets { user: NOBODY }).await, 0);
}

pub(super) async fn a_deleted_users_tickets_are_gone(world: &World) {
    let ann = world.user("ann").await;
    let bob = world.user("bob").await;
    let anns = world.open_ticket(new_ticket(&ann), KEY).await;
    let bobs = world.open_ticket(new_ticket(&bob), KEY).await;
    world.apply(Change::DeleteUser { user: ann.number, at: at(2), retired: vec![] }).await;
    assert!(!world.has_ticket(&anns).await && world.has_ticket(&bobs).await);
}

pub(super) async fn old_tickets_are_forgotten(world: &World) {
    let ann = world.user("ann").await;
    let mut tickets = Vec::new();
    for end in [599, 600, 601] {
        let NewTicket { ticket, digest } = new_ticket(&ann);
        let new = NewTicket { ticket: Ticket { expires: at(end), ..ticket }, digest };
        tickets.push(world.open_ticket(new, KEY).await);
    }
    world.apply(Change::ForgetMail { before: at(600) }).await;
    let mut left = Vec::new();
    for ticket in &tickets {
        left.push(world.has_ticket(ticket).await);
    }
    assert_eq!(left, [false, true, true]);
}
