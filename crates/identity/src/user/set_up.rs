//! How the first administrator comes to an account: by a ticket that the server tells whoever runs it, while nobody
//! exists.
//!
//! The ticket is the end of its life and a mark over it that only the master key makes. Nothing is kept for it, and every
//! process of an installation knows those of the others. It is dead as soon as a user was made, by whatever way, and stays so
//! when all of them are deleted.

use crate::rule::Rule;
use std::time::Duration;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::accounts::{Accounts, NewAccount, NewPassword};
use super::{PersonName, Role, Status, User};
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::{MasterKey, Purpose};
use crate::op::{Op, Timestamp};
use crate::ports::Change;
use crate::secret::Secret;

/// How long a ticket is good.
pub const TICKET_LIFE: Duration = Duration::from_hours(1);

/// The end in milliseconds since the epoch; twelve digits last until the year 10889.
const END_DIGITS: usize = 12;
/// 128 bits: nobody guesses them within the hour.
const MARK_BYTES: usize = 16;

/// The administrator whom a set-up ticket makes.
#[derive(Clone)]
pub struct FirstAdministrator {
    /// The name to sign in with, as typed.
    pub username: String,
    /// An address to sign in with, as typed. Nobody has shown to read mail there, and it does not count as verified.
    pub email: Option<String>,
    /// What to call this person.
    pub name: PersonName,
    /// The password, as typed.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for FirstAdministrator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FirstAdministrator")
    }
}

impl Accounts {
    /// Whether a ticket would make the first administrator: no user was ever made.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`]: such an administrator could not sign in. [`ErrorKind::Unavailable`].
    pub async fn awaits_set_up(&self) -> Result<bool> {
        self.core.passwords_are_taken()?;
        Ok(!self.core.store.has_had_users().await?)
    }

    /// A ticket that makes the first administrator within [`TICKET_LIFE`]: 44 hexadecimal digits, for whoever runs the
    /// server and nobody else. It is not looked whether there is a user.
    pub fn set_up_ticket(&self, now: Timestamp) -> Secret {
        ticket(&self.core.master_key, now + TICKET_LIFE)
    }

    /// Makes the first administrator. Of any number of requests at once one makes one, by whichever process.
    ///
    /// # Errors
    /// [`ErrorKind::PasswordSignInDisabled`]; [`ErrorKind::TicketInvalid`]: it was altered, has expired, is another
    /// installation's, or a user was ever made; [`ErrorKind::Throttled`]: too many wrong ones came from there;
    /// [`ErrorKind::UsernameInvalid`], [`ErrorKind::EmailInvalid`], [`ErrorKind::PasswordTooShort`],
    /// [`ErrorKind::PasswordTooLong`], [`ErrorKind::PasswordWeak`], [`ErrorKind::Overloaded`],
    /// [`ErrorKind::Unavailable`].
    pub async fn set_up(&self, op: &Op, ticket: &str, administrator: FirstAdministrator) -> Result<User> {
        self.core.may_show_ticket(op).await?;
        let is_ours = is_good(&self.core.master_key, op.now, ticket);
        if !is_ours && let Some(wrong) = Secret::presented(ticket) {
            self.core.rates.wrong_ticket(op, &wrong.digest());
        }
        // Before anything is hashed: strangers cost no more than a mark.
        if !is_ours || !self.awaits_set_up().await? {
            let seen = if is_ours { "one after a user was made" } else { "one that is not good now" };
            return Err(Error::new(ErrorKind::TicketInvalid).because(
                Rule::SetUpTicket,
                seen,
                "one of the last hour, and no user ever made",
            ));
        }
        let account = NewAccount {
            username: Some(administrator.username),
            email: administrator.email,
            email_verified: false,
            name: administrator.name,
            role: Role::Admin,
            status: Status::Active,
            parent: None,
            password: NewPassword::Given(administrator.password),
            must_change_password: false,
        };
        Ok(self.create_after(op, vec![Change::ClaimFirstUser], account, "set up").await?.user)
    }
}

/// The ticket that ends then.
fn ticket(key: &MasterKey, end: Timestamp) -> Secret {
    let millis = end.millis();
    let mark = mark(key, millis).map(|byte| format!("{byte:02x}")).concat();
    Secret::made(format!("{millis:0END_DIGITS$x}{mark}"))
}

/// Whether this installation made this ticket, and it has not ended.
fn is_good(key: &MasterKey, now: Timestamp, presented: &str) -> bool {
    let end = presented.get(..END_DIGITS).and_then(|digits| i64::from_str_radix(digits, 16).ok());
    end.map(Timestamp::from_millis).is_some_and(|end| {
        let expected = ticket(key, end);
        bool::from(expected.expose().as_bytes().ct_eq(presented.as_bytes())) && now < end
    })
}

fn mark(key: &MasterKey, end: i64) -> [u8; MARK_BYTES] {
    let whole = key.keyed_digest(Purpose::SetUp, &end.to_be_bytes());
    let mut mark = [0; MARK_BYTES];
    mark.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_763_822_471_781);

    fn key() -> MasterKey {
        MasterKey::new([7; 32])
    }

    fn made() -> String {
        ticket(&key(), NOW + TICKET_LIFE).expose().to_owned()
    }

    /// Every process of an installation must make the same of it, whatever its version.
    #[test]
    fn a_ticket_is_its_end_and_a_mark() {
        assert_eq!(made(), "019aac39f8e5968738a405ad3c70d44e36bd61264d6e");
    }

    #[test]
    fn a_ticket_is_good_until_its_end() {
        let last = NOW + (TICKET_LIFE - Duration::from_millis(1));
        assert!(is_good(&key(), NOW, &made()) && is_good(&key(), last, &made()));
        assert!(!is_good(&key(), NOW + TICKET_LIFE, &made()));
    }

    #[test]
    fn a_ticket_is_good_as_it_was_made_only() {
        let made = made();
        for at in 0..made.len() {
            let mut altered = made.clone().into_bytes();
            altered[at] = if altered[at] == b'0' { b'1' } else { b'0' };
            let altered = String::from_utf8(altered).expect("digits");
            assert!(!is_good(&key(), NOW, &altered), "digit {at}");
        }
        let cut: String = made.chars().skip(1).collect();
        let end: String = made.chars().take(END_DIGITS).collect();
        let long = format!("{made}0");
        let upper = made.to_uppercase();
        let signed = made.replacen('0', "+", 1);
        for forged in ["", "0", "ä", "äääääääääääää", &cut, &long, &upper, &signed, &end] {
            assert!(!is_good(&key(), NOW, forged), "{forged}");
        }
    }

    #[test]
    fn a_ticket_of_another_installation_or_purpose_is_not_good() {
        assert!(!is_good(&MasterKey::new([8; 32]), NOW, &made()));
        let end = (NOW + TICKET_LIFE).millis();
        let mark = key().keyed_digest(Purpose::FormToken, &end.to_be_bytes());
        let mark = mark.iter().take(MARK_BYTES).map(|byte| format!("{byte:02x}")).collect::<String>();
        let forged = format!("{end:012x}{mark}");
        assert_eq!(forged.len(), made().len());
        assert!(!is_good(&key(), NOW, &forged));
    }
}
