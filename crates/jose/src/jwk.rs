//! A public key as JSON (RFC 7517, RFC 7518 section 6, RFC 8037 section 2) and the digest that names it (RFC 7638).
//! Private and shared keys have no form here.

use aws_lc_rs::digest::{SHA256, digest};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize, Serializer};

use crate::algorithm::{Algorithm, Curve, Scheme};
use crate::base64url;

/// A public key, what it verifies, and its name. Written as JSON it has `use` and `alg`, and no private member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    /// The name by which tokens refer to it.
    pub kid: Option<String>,
    /// The one algorithm that it is for.
    pub algorithm: Algorithm,
    /// The key itself, as it was told: whether it is one, [`crate::VerifyingKey::from_jwk`] says.
    pub key: PublicKey,
}

/// The numbers of a public key, big-endian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA; numbers without leading zeros.
    Rsa {
        /// `n`.
        modulus: Vec<u8>,
        /// `e`, most often 65537.
        exponent: Vec<u8>,
    },
    /// A point on a curve for ECDSA; coordinates have the curve's length, 32 or 48 bytes.
    Ec {
        /// Which curve.
        curve: Curve,
        /// The first coordinate.
        x: Vec<u8>,
        /// The second one.
        y: Vec<u8>,
    },
    /// Ed25519.
    Ed25519 {
        /// The encoded point, 32 bytes.
        x: Vec<u8>,
    },
}

impl PublicKey {
    /// From a point as SEC 1 writes it without compression: 4 and the coordinates.
    pub(crate) fn from_point(curve: Curve, point: &[u8]) -> Option<Self> {
        let (x, y) = point.strip_prefix(&[4])?.split_at_checked(curve.coordinate_bytes())?;
        Some(Self::Ec { curve, x: x.to_vec(), y: y.to_vec() })
    }

    /// The point so written, where this is one with coordinates of the right length.
    pub(crate) fn point(&self) -> Option<Vec<u8>> {
        match self {
            Self::Ec { curve, x, y } if [x, y].iter().all(|it| it.len() == curve.coordinate_bytes()) => {
                Some([&[4], x.as_slice(), y.as_slice()].concat())
            }
            Self::Ec { .. } | Self::Rsa { .. } | Self::Ed25519 { .. } => None,
        }
    }

    /// Whether this is the kind of key that the algorithm wants.
    fn fits(&self, algorithm: Algorithm) -> bool {
        match (algorithm.scheme(), self) {
            (Scheme::Rsa(..), Self::Rsa { .. }) | (Scheme::Ed25519, Self::Ed25519 { .. }) => true,
            (Scheme::Ec(wanted), Self::Ec { curve, .. }) => wanted == *curve,
            (Scheme::Rsa(..) | Scheme::Ec(_) | Scheme::Ed25519, _) => false,
        }
    }

    /// The thumbprint: SHA-256 of the required members in order of name, as base64url (RFC 7638 section 3, RFC 8037
    /// section 2). It names the key and no other, and says nothing about its use.
    pub fn thumbprint(&self) -> String {
        // No text among the members needs an escape.
        let members = match self {
            Self::Rsa { modulus, exponent } => {
                let [n, e] = [modulus, exponent].map(|it| base64url::encode(it));
                format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
            }
            Self::Ec { curve, x, y } => {
                let [x, y] = [x, y].map(|it| base64url::encode(it));
                format!(r#"{{"crv":"{}","kty":"EC","x":"{x}","y":"{y}"}}"#, curve.name())
            }
            Self::Ed25519 { x } => {
                format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url::encode(x))
            }
        };
        base64url::encode(digest(&SHA256, members.as_bytes()).as_ref())
    }
}

impl Serialize for Jwk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = |bytes: &Vec<u8>| Some(base64url::encode(bytes));
        let shared = Written {
            kty: "",
            crv: None,
            x: None,
            y: None,
            n: None,
            e: None,
            kid: self.kid.as_deref(),
            alg: self.algorithm.name(),
            usage: "sig",
        };
        let written = match &self.key {
            PublicKey::Rsa { modulus, exponent } => {
                Written { kty: "RSA", n: text(modulus), e: text(exponent), ..shared }
            }
            PublicKey::Ec { curve, x, y } => {
                Written { kty: "EC", crv: Some(curve.name()), x: text(x), y: text(y), ..shared }
            }
            PublicKey::Ed25519 { x } => Written { kty: "OKP", crv: Some("Ed25519"), x: text(x), ..shared },
        };
        written.serialize(serializer)
    }
}

#[derive(Serialize)]
struct Written<'a> {
    kty: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    crv: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
}

/// What is looked at of somebody's JWK; the rest, certificates among it, is not.
#[derive(Deserialize)]
struct Told {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    /// The private part of every kind of key pair. A key whose owner published it is not one any more.
    d: Option<IgnoredAny>,
}

impl Jwk {
    /// Reads somebody's JWK. `None` when it is not a public key for one of the allowed signatures: of another kind or
    /// curve, for encryption, with a private part, not well-formed. A key without `alg` gets the first of the allowed
    /// ones that it fits.
    pub(crate) fn told(json: &str, allowed: &[Algorithm]) -> Option<Self> {
        // A derived reader would take an array for an object.
        let told: Told = json.starts_with('{').then(|| serde_json::from_str(json).ok())??;
        let for_signatures = told.usage.as_deref().is_none_or(|usage| usage == "sig");
        let for_verifying = told.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !for_signatures || !for_verifying || told.d.is_some() {
            return None;
        }
        let number = |text: &Option<String>| base64url::decode(text.as_ref()?);
        let key = match (told.kty.as_str(), told.crv.as_deref()) {
            ("RSA", _) => PublicKey::Rsa { modulus: number(&told.n)?, exponent: number(&told.e)? },
            ("EC", Some("P-256")) => {
                PublicKey::Ec { curve: Curve::P256, x: number(&told.x)?, y: number(&told.y)? }
            }
            ("EC", Some("P-384")) => {
                PublicKey::Ec { curve: Curve::P384, x: number(&told.x)?, y: number(&told.y)? }
            }
            ("OKP", Some("Ed25519")) => PublicKey::Ed25519 { x: number(&told.x)? },
            _ => return None,
        };
        let algorithm = match &told.alg {
            Some(name) => Algorithm::from_name(name).filter(|it| allowed.contains(it))?,
            None => allowed.iter().copied().find(|it| key.fits(*it))?,
        };
        Some(Self { kid: told.kid, algorithm, key })
    }
}
