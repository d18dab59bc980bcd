//! Changes of address under way.

use identity::keyring::SigningKeyId;
use identity::ports::{Change, Conflict, Store as _};
use identity::ticket::{NewTicket, Purpose, Ticket};
use identity::user::address_change::{AddressChange, Side};
use identity::user::{Email, Status, User, UserNumber};
use uuid::Uuid;

use super::races::{applied, commit_together, only};
use crate::world::{World, at, new_ticket};

const KEY: SigningKeyId = SigningKeyId(Uuid::from_u128(7));

/// One that waits for both until second 600.
fn new_change(user: &User) -> AddressChange {
    AddressChange {
        user: user.number,
        email: Email::new("J\u{f6}rg+new@Example.org").unwrap(),
        waits_new: true,
        waits_old: true,
        expires: at(600),
    }
}

fn open(change: AddressChange, version: i64) -> Change {
    Change::OpenAddressChange { change, version }
}

async fn begin(world: &World, change: AddressChange) -> AddressChange {
    assert_eq!(world.apply(open(change.clone(), 1)).await, 1);
    change
}

async fn found(world: &World, user: &User) -> Option<AddressChange> {
    world.store.address_change(user.number).await.unwrap()
}

fn agree(user: &User, side: Side, seconds: i64) -> Change {
    Change::AgreeToAddress { user: user.number, side, at: at(seconds) }
}

fn close(user: &User, side: Side, seconds: i64) -> Change {
    Change::CloseAddressChange { user: user.number, side, at: at(seconds) }
}

pub(super) async fn a_change_reads_back_as_begun(world: &World) {
    for (name, waits_old) in [("ann", true), ("bob", false)] {
        let user = world.user(name).await;
        assert_eq!(found(world, &user).await, None);
        let begun = begin(world, AddressChange { waits_old, ..new_change(&user) }).await;
        assert_eq!(found(world, &user).await, Some(begun.clone()));
        assert_eq!(found(world, &user).await.unwrap().email.as_str(), begun.email.as_str(), "as typed");
        assert!(world.now(&user).await == user, "nothing of the user changes by it");
    }
    assert_eq!(world.store.address_change(UserNumber(999)).await.unwrap(), None);
}

/// Its tickets are dead, others are not.
pub(super) async fn a_change_takes_the_place_of_the_one_before(world: &World) {
    let ann = world.user("ann").await;
    begin(world, new_change(&ann)).await;
    let mut tickets = Vec::new();
    for purpose in Purpose::ALL {
        let NewTicket { ticket, digest } = new_ticket(&ann);
        let new = NewTicket { ticket: Ticket { purpose, ..ticket }, digest };
        tickets.push(world.open_ticket(new, KEY).await);
    }
    let email = Email::new("other@example.org").unwrap();
    let second = begin(world, AddressChange { email, ..new_change(&ann) }).await;
    assert_eq!(found(world, &ann).await, Some(second));
    for ticket in tickets {
        let died = matches!(ticket.purpose, Purpose::ConfirmAddress | Purpose::ApproveAddress);
        assert_eq!(!world.has_ticket(&ticket).await, died, "{:?}", ticket.purpose);
        if died {
            let redeem = Change::RedeemTicket { ticket: ticket.id, at: at(2) };
            assert_eq!(world.refused(redeem).await, Conflict::TicketGone);
        }
    }
}

pub(super) async fn an_active_user_with_the_version_read_begins_one(world: &World) {
    let ann = world.user("ann").await;
    for version in [0, 2] {
        assert_eq!(world.refused(open(new_change(&ann), version)).await, Conflict::UserChanged);
    }
    world.apply(Change::SetStatus { user: ann.number, status: Status::Suspended, at: at(2) }).await;
    for version in [1, 2] {
        assert_eq!(world.refused(open(new_change(&ann), version)).await, Conflict::UserChanged);
    }
}

pub(super) async fn both_sides_agree_once_and_in_time(world: &World) {
    for (name, first, last) in [("ann", Side::New, Side::Old), ("bob", Side::Old, Side::New)] {
        let user = world.user(name).await;
        let begun = begin(world, new_change(&user)).await;
        for side in [first, last] {
            assert_eq!(
                world.refused(close(&user, side, 2)).await,
                Conflict::TicketGone,
                "both are waited for"
            );
            assert_eq!(world.refused(agree(&user, side, 600)).await, Conflict::TicketGone);
        }
        assert_eq!(world.apply(agree(&user, first, 599)).await, 1);
        let half = AddressChange { waits_new: first != Side::New, waits_old: first != Side::Old, ..begun };
        assert_eq!(found(world, &user).await, Some(half));
        for side in [first, last] {
            assert_eq!(world.refused(agree(&user, side, 2)).await, Conflict::TicketGone);
        }
        assert_eq!(world.refused(close(&user, first, 2)).await, Conflict::TicketGone);
        assert_eq!(world.refused(close(&user, last, 600)).await, Conflict::TicketGone);
        assert_eq!(world.apply(close(&user, last, 599)).await, 1);
        assert_eq!(found(world, &user).await, None);
        assert_eq!(world.refused(close(&user, last, 2)).await, Conflict::TicketGone);
    }
}

pub(super) async fn one_side_is_enough_where_the_other_is_not_waited_for(world: &World) {
    let ann = world.user("ann").await;
    begin(world, AddressChange { waits_old: false, ..new_change(&ann) }).await;
    for side in [Side::New, Side::Old] {
        assert_eq!(world.refused(agree(&ann, side, 2)).await, Conflict::TicketGone);
    }
    assert_eq!(world.refused(close(&ann, Side::Old, 2)).await, Conflict::TicketGone);
    assert_eq!(world.apply(close(&ann, Side::New, 2)).await, 1);
}

pub(super) async fn what_is_over_or_a_deleted_users_is_forgotten(world: &World) {
    let mut users = Vec::new();
    for (name, end) in [("ann", 599), ("bob", 600), ("cid", 601)] {
        let user = world.user(name).await;
        begin(world, AddressChange { expires: at(end), ..new_change(&user) }).await;
        users.push(user);
    }
    world.apply(Change::ForgetMail { before: at(600) }).await;
    world.apply(Change::DeleteUser { user: users[2].number, at: at(2), retired: vec![] }).await;
    let mut left = Vec::new();
    for user in &users {
        left.push(found(world, user).await.is_some());
    }
    assert_eq!(left, [false, true, false]);
}

/// Each side reads that both are waited for: one says so, the other must look again, and then it is changed once.
pub(super) async fn two_sides_that_agree_at_once_change_it_once(world: &World) {
    for round in 0..8 {
        let user = world.user(&format!("user-{round}")).await;
        begin(world, new_change(&user)).await;
        let both = [Side::New, Side::Old].map(|side| only(agree(&user, side, 2)));
        let outcomes = commit_together(world, both.into()).await;
        assert_eq!(applied(&outcomes, Conflict::TicketGone), 1);
        let last = if outcomes[0].is_ok() { Side::Old } else { Side::New };
        let closes = (0..10).map(|_| only(close(&user, last, 3))).collect();
        assert_eq!(applied(&commit_together(world, closes).await, Conflict::TicketGone), 1);
    }
}
