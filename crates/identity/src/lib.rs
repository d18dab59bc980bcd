//! The core: who somebody is, and what that lets them do. It knows no HTTP, no SQL, no clock and no entropy
//! source; it is told what time it is.
//!
//! The map: [`op`] what is known about a request, [`error`] what can go wrong, [`rule`] by which rule, [`ports`] what the core needs,
//! [`surface`] what a dialect declares, [`policy`] the installation's rules; then one module a noun: [`user`],
//! [`session`], [`sign_in`], [`federation`], [`flow`], [`api_key`], [`ticket`], [`token`], [`keyring`], [`mail`],
//! [`organization`], [`throttle`], [`audit`], [`refusal`],
//! with [`secret`], [`master_key`] and [`memo`] beneath them, and [`seen_through`] for what must not be left half done.

pub mod api_key;
pub mod audit;
pub mod captcha;
pub mod error;
pub mod federation;
pub mod flow;
pub mod keyring;
pub mod mail;
pub mod master_key;
pub mod memo;
pub mod op;
pub mod organization;
pub mod policy;
pub mod ports;
pub mod refusal;
pub mod rule;
pub mod secret;
mod seen_through;
pub mod session;
pub mod sign_in;
pub mod surface;
pub mod throttle;
pub mod ticket;
pub mod token;
pub mod user;

use std::sync::Arc;

use password::HashPool;
use uuid::Uuid;

pub use crate::error::{Blame, Error, ErrorKind, Result};
pub use crate::master_key::MasterKey;
pub use crate::op::{Actor, Network, Op, Origin, RequestId, Timestamp};
pub use crate::policy::Policy;
pub use crate::rule::Rule;
pub use crate::secret::{Secret, SecretForm};
pub use crate::seen_through::SeenThrough;
pub use crate::session::caller::{Caller, Credential, Remembered};
pub use crate::session::ledger::Sessions;
pub use crate::session::lookup::{Found, Lookup, View};
pub use crate::session::stay::{Stamp, Stay};
pub use crate::sign_in::{
    PasswordSignIn, ProviderAnswer, ProviderSignedIn, ProviderTokenSignIn, SignIn, SignedIn,
};
pub use crate::surface::{Door, Idle, InternalTokenForm, Scope, SubjectForm, Surface, TokenForm};
pub use crate::user::accounts::{Accounts, NewAccount, NewPassword, WithPassword};
pub use crate::user::delegated::DelegatedAccount;
pub use crate::user::own_password::ChangePassword;
pub use crate::user::password_policy::Weakness;

use crate::api_key::keys::ApiKeys;
use crate::audit::trail::Trail;
use crate::captcha::Captcha;
use crate::federation::Provider;
use crate::federation::providers::Federation;
use crate::federation::upstream::Upstream;
use crate::keyring::ring::Keyring;
use crate::mail::queue::MailQueue;
use crate::organization::organizations::Organizations;
use crate::ports::{Change, Commit, Entropy, Store, StoreError};
use crate::refusal::Refusals;
use crate::token::Tokens;

/// The core, as one handle to its use cases.
#[derive(Clone)]
pub struct Identity {
    /// Make, change and remove users.
    pub accounts: Accounts,
    /// Open sessions.
    pub sign_in: SignIn,
    /// Recognise, list and end sessions.
    pub sessions: Sessions,
    /// Recognise, make, list, change and end API keys.
    pub api_keys: ApiKeys,
    /// Make tokens with claims of their own, and tokens for other services.
    pub tokens: Tokens,
    /// Begin logins by providers, and recognise access tokens of theirs.
    pub federation: Federation,
    /// List and rotate signing keys.
    pub keyring: Keyring,
    /// Make organizations, invite to them, and see who belongs to them.
    pub organizations: Organizations,
    /// Keep refused requests, and explain them.
    pub refusals: Refusals,
    /// Deliver mail.
    pub mail: MailQueue,
    /// Read the audit trail, and forget what is old of it.
    pub trail: Trail,
    core: Arc<Core>,
}

/// What the use cases share.
pub(crate) struct Core {
    pub(crate) store: audit::Ledger,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) hash_pool: HashPool,
    pub(crate) policy: Policy,
    pub(crate) master_key: MasterKey,
    pub(crate) turns: Arc<throttle::Turns>,
    pub(crate) origins: Arc<throttle::origins::Origins>,
    pub(crate) rates: throttle::rate::Rates,
    pub(crate) told_limits: throttle::told::ToldLimits,
    pub(crate) touches: session::Touches,
    pub(crate) refusals: refusal::Waiting,
    pub(crate) rings: keyring::ring::Rings,
    pub(crate) mail_knock: mail::queue::Knock,
    pub(crate) captcha: Option<Arc<dyn Captcha>>,
    pub(crate) providers: Vec<Provider>,
    pub(crate) upstream: Arc<dyn Upstream>,
    pub(crate) access_tokens: federation::access::Known,
    pub(crate) token_names: token::minting::TokenNames,
    pub(crate) read_tokens: token::ReadTokens,
}

/// What the core is built from.
pub struct Parts {
    /// The ledger.
    pub store: Arc<dyn Store>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Where passwords are hashed.
    pub hash_pool: HashPool,
    /// The rules of this installation.
    pub policy: Policy,
    /// The installation's own secret.
    pub master_key: MasterKey,
    /// Who tells people from programs, if anybody does.
    pub captcha: Option<Arc<dyn Captcha>>,
    /// The providers that people sign in with, in the order in which they are shown.
    pub providers: Vec<Provider>,
    /// How they are reached.
    pub upstream: Arc<dyn Upstream>,
}

/// Why a master key does not fit a database.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The database was made with another key.
    #[error("the database was made with another master key")]
    Other,
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Identity {
    /// Builds the core.
    pub fn new(parts: Parts) -> Self {
        let token_names = token::minting::TokenNames::new(&parts.master_key);
        let core = Arc::new(Core {
            store: audit::Ledger(parts.store),
            entropy: parts.entropy,
            hash_pool: parts.hash_pool,
            policy: parts.policy,
            master_key: parts.master_key,
            turns: Arc::default(),
            origins: Arc::default(),
            rates: throttle::rate::Rates::default(),
            told_limits: throttle::told::ToldLimits::default(),
            touches: session::Touches::default(),
            refusals: refusal::Waiting::default(),
            rings: keyring::ring::Rings::default(),
            mail_knock: mail::queue::Knock::default(),
            captcha: parts.captcha,
            providers: parts.providers,
            upstream: parts.upstream,
            access_tokens: federation::access::Known::default(),
            token_names,
            read_tokens: token::ReadTokens::default(),
        });
        Self {
            accounts: Accounts { core: Arc::clone(&core) },
            sign_in: SignIn { core: Arc::clone(&core) },
            sessions: Sessions { core: Arc::clone(&core) },
            api_keys: ApiKeys { core: Arc::clone(&core) },
            tokens: Tokens { core: Arc::clone(&core) },
            federation: Federation { core: Arc::clone(&core) },
            keyring: Keyring { core: Arc::clone(&core) },
            organizations: Organizations { core: Arc::clone(&core) },
            refusals: Refusals { core: Arc::clone(&core) },
            mail: MailQueue { core: Arc::clone(&core) },
            trail: Trail { core: Arc::clone(&core) },
            core,
        }
    }

    /// Reads what a [`View`] lacked, with one question to the store. `None`: nothing presented has that digest.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn look_up(&self, lookup: &Lookup) -> Result<Option<Found>> {
        self.core.look_up(lookup).await
    }

    /// Checks that this key is the one the database was made with; a new database takes it as its own.
    ///
    /// # Errors
    /// [`MasterKeyError::Other`], or the store's.
    pub async fn adopt_master_key(&self) -> std::result::Result<(), MasterKeyError> {
        let check = self.core.master_key.check();
        if self.core.store.master_key_check().await?.is_none() {
            let record = Change::RecordMasterKey { check };
            match self.core.store.commit(Commit { changes: vec![record], events: vec![] }).await {
                // Another process was first: then its key decides, below.
                Ok(_) | Err(StoreError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let recorded = self.core.store.master_key_check().await?.unwrap_or_default();
        if subtle::ConstantTimeEq::ct_eq(recorded.as_slice(), check.as_slice()).into() {
            Ok(())
        } else {
            Err(MasterKeyError::Other)
        }
    }

    /// What only this installation makes of `data`, for the tokens in forms of our own pages: HMAC-SHA-256 under a
    /// sub-key of the master key. Every process with that key makes the same.
    pub fn form_mark(&self, data: &[u8]) -> [u8; 32] {
        self.core.master_key.keyed_digest(master_key::Purpose::FormToken, data)
    }

    /// What only this installation makes of `data`, for the questions of the operator's diagnosis and their answers:
    /// HMAC-SHA-256 under a sub-key of the master key.
    pub fn doctor_mark(&self, data: &[u8]) -> [u8; 32] {
        self.core.master_key.keyed_digest(master_key::Purpose::Doctor, data)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn ready(&self) -> Result<()> {
        Ok(self.core.store.ping().await?)
    }

    /// Forgets what need not be kept: failure counts of names that nobody has and nobody tried for a day, places that nobody
    /// signed in from for 90, expired
    /// tickets and invitations, that messages left, logins that were never finished, refusals of a month ago, and keys whose tokens ended a day ago.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`].
    pub async fn tidy(&self, op: &Op) -> Result<()> {
        let changes = vec![
            Change::ForgetThrottles { before: op.now - throttle::COUNT_LIFE },
            Change::ForgetPlaces { before: op.now - throttle::PLACE_LIFE },
            Change::ForgetMail { before: op.now - mail::queue::KEPT },
            Change::ForgetFlows { before: op.now },
            Change::ForgetRefusals { before: op.now - refusal::KEPT },
            Change::ForgetInvitations { before: op.now },
            Change::ForgetSigningKeys { before: op.now - keyring::ring::KEPT },
        ];
        self.core.store.commit(Commit { changes, events: vec![] }).await?;
        Ok(())
    }
}

impl Core {
    /// A new UUIDv7 of this moment.
    pub(crate) fn uuid(&self, now: Timestamp) -> Uuid {
        let mut random = [0; 10];
        self.entropy.fill(&mut random);
        let millis = u64::try_from(now.millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// A new salt for a password hash.
    pub(crate) fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        salt
    }
}
