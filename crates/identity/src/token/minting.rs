//! The making of one internal token: claims, a name, a signature. It asks no database, parses no key and decides nothing,
//! so that a token costs little more than its signature; the benchmark holds it to that.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use uuid::Uuid;

use super::seconds;
use crate::error::{Error, ErrorKind, Result};
use crate::master_key::{MasterKey, Purpose};
use crate::op::Timestamp;
use crate::ports::Entropy;
use crate::secret::Secret;
use crate::session::SessionId;
use crate::surface::{InternalTokenForm, SubjectForm};
use crate::user::User;

const NONCE_BYTES: usize = 16;
const MARK_BYTES: usize = 16;

/// What an internal token says. Times are in seconds since the epoch.
#[derive(Serialize)]
struct Claims<'a, R: Serialize> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    roles: &'a [R],
    /// The session's id; a service has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<Uuid>,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: &'a str,
}

/// Makes and recognises the names of tokens.
pub struct TokenNames(hmac::Key);

impl TokenNames {
    /// Of this installation.
    pub fn new(master_key: &MasterKey) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &master_key.keyed_digest(Purpose::TokenName, b"")))
    }

    /// A name for a token of this session: 128 random bits, and as many that only we make of them.
    fn make(&self, entropy: &dyn Entropy, session: Uuid) -> String {
        let mut bytes = [0; NONCE_BYTES + MARK_BYTES];
        let (nonce, mark) = bytes.split_at_mut(NONCE_BYTES);
        entropy.fill(nonce);
        mark.copy_from_slice(&self.mark(nonce, session));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether we made this name for a token of this session.
    pub(crate) fn made(&self, name: &str, session: Uuid) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(name) else { return false };
        let Some((nonce, mark)) = bytes.split_at_checked(NONCE_BYTES) else { return false };
        subtle::ConstantTimeEq::ct_eq(mark, self.mark(nonce, session).as_slice()).into()
    }

    fn mark(&self, nonce: &[u8], session: Uuid) -> [u8; MARK_BYTES] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(session.as_bytes());
        context.update(nonce);
        let mut mark = [0; MARK_BYTES];
        mark.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        mark
    }
}

/// What a token is made with.
#[derive(Clone, Copy)]
pub struct Minting<'a> {
    /// What the door says in its tokens.
    pub form: &'a InternalTokenForm,
    /// What signs.
    pub key: &'a jose::SigningKey,
    /// What makes the names.
    pub names: &'a TokenNames,
    /// What they are made of.
    pub entropy: &'a dyn Entropy,
}

impl Minting<'_> {
    /// A token that tells of a user's session.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`].
    pub fn of_session(
        &self,
        now: Timestamp,
        user: &User,
        session: SessionId,
        roles: &[&str],
        audience: &str,
    ) -> Result<Secret> {
        let mut id = Uuid::encode_buffer();
        let id: &str = user.id.as_hyphenated().encode_lower(&mut id);
        let subject = match self.form.subject {
            SubjectForm::Id => id,
            SubjectForm::Username => user.username.as_deref().unwrap_or(id),
        };
        self.signed(now, self.form.life, subject, Some(session.0), roles, audience)
    }

    /// A token that tells of a service.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`].
    pub fn of_service(
        &self,
        now: Timestamp,
        service: &str,
        roles: &[String],
        audience: &str,
    ) -> Result<Secret> {
        self.signed(now, self.form.service_life, service, None, roles, audience)
    }

    fn signed<R: Serialize>(
        &self,
        now: Timestamp,
        life: std::time::Duration,
        subject: &str,
        session: Option<Uuid>,
        roles: &[R],
        audience: &str,
    ) -> Result<Secret> {
        let now = seconds(now);
        let claims = Claims {
            iss: &self.form.issuer,
            sub: subject,
            aud: audience,
            roles,
            sid: session,
            iat: now,
            nbf: now,
            exp: now.saturating_add(i64::try_from(life.as_secs()).unwrap_or(i64::MAX)),
            jti: &self.names.make(self.entropy, session.unwrap_or_default()),
        };
        let token =
            self.key.sign(&claims).map_err(|error| Error::new(ErrorKind::Internal).caused_by(error))?;
        Ok(Secret::made(token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Still;

    impl Entropy for Still {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn a_name_is_ours_with_its_session_and_this_master_key_only() {
        let names = TokenNames::new(&MasterKey::new([1; 32]));
        let (session, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let name = names.make(&Still, session);
        assert_eq!(name.len(), 43);
        assert!(names.made(&name, session));
        assert!(!names.made(&name, other));
        assert!(!TokenNames::new(&MasterKey::new([2; 32])).made(&name, session));
        let shorter: String = name.chars().skip(1).collect();
        for forged in ["", "a", "AAAA", &shorter, &format!("{name}A"), &"A".repeat(43), &"A".repeat(22)] {
            assert!(!names.made(forged, session), "{forged}");
        }
    }
}
