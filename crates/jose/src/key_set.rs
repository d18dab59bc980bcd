//! Several public keys: which of them a token means, whether that one has signed it, and the JWK Set they are read
//! from and published as. Fetching a set, and how long it may be kept, is the caller's.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::algorithm::Algorithm;
use crate::claims::{self, Expected};
use crate::compact::Compact;
use crate::error::Error;
use crate::header::{Foreign, HeaderRules, Typ};
use crate::jwk::Jwk;
use crate::verifying::VerifyingKey;

/// Public keys, each with its own algorithm. Written as JSON it is a JWK Set (RFC 7517 section 5), fit to be published.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<VerifyingKey>);

impl KeySet {
    /// The most keys that a foreign set may hold, of any kind.
    pub const MAX_KEYS: usize = 64;
    /// The longest foreign set that is read, 256 KiB.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// These keys. Of two with the same name and algorithm the first counts.
    pub fn new(keys: impl IntoIterator<Item = VerifyingKey>) -> Self {
        let mut set = Self::default();
        for key in keys {
            let known = |other: &VerifyingKey| {
                key.kid().is_some() && other.kid() == key.kid() && other.algorithm() == key.algorithm()
            };
            if !set.0.iter().any(known) {
                set.0.push(key);
            }
        }
        set
    }

    /// Reads somebody's JWK Set, of which only keys for the allowed algorithms are taken. A key that is of another
    /// kind, for another use or not well-formed is left out and spoils no other (RFC 7517 section 5); the set may end
    /// up empty. An RSA key that does not say what it is for is for the first RSA algorithm that is allowed, so name
    /// the one that its owner is known to use first; OpenID Connect's default is RS256.
    ///
    /// # Errors
    /// [`Error::KeySet`] when this is no JSON object with a list of `keys`, or more than [`Self::MAX_BYTES`] or
    /// [`Self::MAX_KEYS`].
    pub fn from_json(json: &[u8], allowed: &[Algorithm]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Told<'a> {
            #[serde(borrow)]
            keys: Vec<&'a RawValue>,
        }
        // A derived reader would take an array for an object.
        if json.len() > Self::MAX_BYTES || json.trim_ascii_start().first() != Some(&b'{') {
            return Err(Error::KeySet);
        }
        let told: Told<'_> = serde_json::from_slice(json).map_err(|_| Error::KeySet)?;
        if told.keys.len() > Self::MAX_KEYS {
            return Err(Error::KeySet);
        }
        let jwks = told.keys.iter().filter_map(|key| Jwk::told(key.get(), allowed));
        Ok(Self::new(jwks.filter_map(|jwk| VerifyingKey::from_jwk(jwk).ok())))
    }

    /// Its keys, in order.
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.0
    }

    /// The claims of a token that one of these keys has signed, whose header is as the rules say and whose claims are
    /// as expected.
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::NotCompact`]; about the header [`Error::Header`], [`Error::Critical`],
    /// [`Error::Type`], [`Error::UnknownKey`], [`Error::Algorithm`]; [`Error::Signature`]; then [`Error::Claims`] or
    /// what [`Expected`] asks for.
    pub fn verify<C: DeserializeOwned>(
        &self,
        token: &str,
        rules: HeaderRules<'_>,
        expected: &Expected<'_>,
    ) -> Result<C, Error> {
        claims::read(&self.open(token, rules)?, expected)
    }

    /// The payload of a token that one of these keys has signed.
    pub(crate) fn open(&self, token: &str, rules: HeaderRules<'_>) -> Result<Vec<u8>, Error> {
        let token = Compact::cut(token)?;
        let key = match rules {
            HeaderRules::Own => {
                self.0.iter().find(|key| key.own_header() == Some(token.header)).ok_or(Error::Header)?
            }
            HeaderRules::Foreign(typ) => self.meant(token.header, typ)?,
        };
        key.has_signed(&token)?;
        token.payload()
    }

    /// The one key that a foreign header means: the one it names, or, where it names none, the only one for its
    /// algorithm (OpenID Connect Core section 10.1).
    fn meant(&self, header: &str, typ: Typ<'_>) -> Result<&VerifyingKey, Error> {
        let header = Foreign::read(header, typ)?;
        let mut named =
            self.0.iter().filter(|key| header.kid.is_none() || key.kid() == header.kid.as_deref()).peekable();
        if named.peek().is_none() {
            return Err(Error::UnknownKey);
        }
        let algorithm = Algorithm::from_name(&header.alg).ok_or(Error::Algorithm)?;
        let mut fit = named.filter(|key| key.algorithm() == algorithm);
        let key = fit.next().ok_or(Error::Algorithm)?;
        if fit.next().is_some() { Err(Error::UnknownKey) } else { Ok(key) }
    }
}

impl Serialize for KeySet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            keys: Vec<&'a Jwk>,
        }
        Written { keys: self.0.iter().map(VerifyingKey::jwk).collect() }.serialize(serializer)
    }
}
