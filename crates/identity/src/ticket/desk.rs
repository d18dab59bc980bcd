//! How a ticket is made and how a presented one is read. What using it up leads to is the caller's to say.

use crate::rule::Rule;
use serde::{Deserialize, Serialize};

use super::{NewTicket, Purpose, Ticket, TicketId};
use crate::Core;
use crate::error::{Error, ErrorKind, Result};
use crate::keyring::KeyUse;
use crate::keyring::ring::Ring;
use crate::op::Op;
use crate::ports::Change;
use crate::secret::{Secret, SecretForm};
use crate::token::{seconds, verified};
use crate::user::{LoginKey, User};

/// 128 random bits.
const JTI: SecretForm = SecretForm::Hex { prefix: String::new(), digits: 32 };
/// The `iss` claim: nobody else reads tickets.
const ISSUER: &str = "vestibule";
/// How far the clocks of the nodes may be apart, in seconds; the ticket's own end is the database's.
const LEEWAY: u32 = 60;

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    jti: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Presented {
    jti: String,
}

/// A ticket about to be made.
pub(crate) struct Issued {
    /// The row.
    pub(crate) ticket: Ticket,
    /// The token that its owner gets.
    pub(crate) secret: Secret,
    /// In their order; first in their commit.
    pub(crate) changes: Vec<Change>,
}

impl Core {
    /// A ticket for this user, as read.
    pub(crate) async fn issue(
        &self,
        op: &Op,
        user: &User,
        purpose: Purpose,
        address: LoginKey,
        password: Option<String>,
    ) -> Result<Issued> {
        let ring = self.signing_ring(op, KeyUse::Probe).await?;
        let key = ring.newest().ok_or(ErrorKind::Internal)?;
        let jti = JTI.make(&*self.entropy);
        let ticket = Ticket {
            id: TicketId(self.uuid(op.now)),
            user: user.number,
            purpose,
            address,
            password,
            created: op.now,
            expires: op.now + purpose.life(),
        };
        let claims = Claims {
            iss: ISSUER,
            aud: purpose.as_str(),
            jti: jti.expose(),
            iat: seconds(op.now),
            exp: seconds(ticket.expires),
        };
        let token =
            key.tickets()?.sign(&claims).map_err(|error| Error::new(ErrorKind::Internal).caused_by(error))?;
        let open = Change::OpenTicket {
            ticket: NewTicket { ticket: ticket.clone(), digest: jti.digest() },
            signing_key: key.id,
            version: user.credential_version,
            status: user.status,
        };
        let changes = vec![Change::HoldSigningKey { key: key.id }, open];
        Ok(Issued { ticket, secret: Secret::made(token), changes })
    }

    /// The live ticket behind a presented token, with its owner: of this purpose, not expired, and mailed to the
    /// address that the owner still has.
    ///
    /// # Errors
    /// [`ErrorKind::TicketInvalid`], one answer for everything that can be wrong with it. [`ErrorKind::Throttled`]: too many
    /// wrong ones came from there. [`ErrorKind::Unavailable`].
    pub(crate) async fn ticket(&self, op: &Op, purpose: Purpose, presented: &str) -> Result<(Ticket, User)> {
        let (ticket, user) = self.ticket_of_any_address(op, purpose, presented).await?;
        let address = user.email.as_deref().and_then(LoginKey::of);
        if address.as_ref() != Some(&ticket.address) {
            return Err(invalid("one for an address that its owner has no more"));
        }
        Ok((ticket, user))
    }

    /// The same, to whatever address it was mailed.
    ///
    /// # Errors
    /// As [`Core::ticket`].
    pub(crate) async fn ticket_of_any_address(
        &self,
        op: &Op,
        purpose: Purpose,
        presented: &str,
    ) -> Result<(Ticket, User)> {
        let token = Secret::presented(presented).ok_or_else(|| invalid("what is no token"))?;
        self.may_show_ticket(op).await?;
        let found = self.known_ticket(op, purpose, &token).await;
        if let Err(error) = &found
            && error.kind() == ErrorKind::TicketInvalid
        {
            self.rates.wrong_ticket(op, &token.digest());
        }
        let (ticket, user) = found?;
        if ticket.purpose != purpose || ticket.expires <= op.now {
            return Err(invalid("one of another purpose, or past its end"));
        }
        if user.deleted.is_some() {
            return Err(invalid("one of a deleted user"));
        }
        Ok((ticket, user))
    }

    async fn known_ticket(&self, op: &Op, purpose: Purpose, token: &Secret) -> Result<(Ticket, User)> {
        let jti = self.jti(op, purpose, token).await?;
        let found = self.store.ticket_by_digest(&jti.digest()).await?;
        found.ok_or_else(|| invalid("one that was used, superseded or never made"))
    }

    async fn jti(&self, op: &Op, purpose: Purpose, token: &Secret) -> Result<Secret> {
        let read = |ring: &Ring| {
            let expected = jose::Expected {
                issuer: Some(ISSUER),
                audience: Some(purpose.as_str()),
                now: seconds(op.now),
                leeway: LEEWAY,
            };
            verified(ring, op.now, |key| {
                let key = key.tickets().map_err(|_| jose::Error::Key)?;
                key.verify::<Presented>(token.expose(), &expected)
            })
        };
        let mut claims = read(&self.ring(op, KeyUse::Probe, false).await?);
        if matches!(claims, Err(jose::Error::Signature)) {
            claims = read(&self.ring(op, KeyUse::Probe, true).await?);
        }
        let claims = claims.map_err(|_| invalid("a token that is no such ticket of ours"))?;
        Secret::presented(&claims.jti).ok_or_else(|| invalid("a token without an identity"))
    }
}

pub(crate) fn invalid(seen: &'static str) -> Error {
    Error::new(ErrorKind::TicketInvalid).because(Rule::Ticket, seen, "a live ticket of this purpose")
}
