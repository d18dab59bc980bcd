//! How the provider goes wrong: what it says that must not be believed, and how its endpoints fail.

/// The endpoints of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/.well-known/openid-configuration`, beneath the issuer.
    Discovery,
    /// The key set.
    Jwks,
    /// Where browsers come.
    Authorize,
    /// Where codes are redeemed.
    Token,
    /// Who an access token belongs to.
    Userinfo,
}

impl Endpoint {
    /// Every one there is.
    pub const ALL: [Self; 5] = [Self::Discovery, Self::Jwks, Self::Authorize, Self::Token, Self::Userinfo];

    /// Its path beneath the issuer.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Discovery => "/.well-known/openid-configuration",
            Self::Jwks => "/jwks",
            Self::Authorize => "/authorize",
            Self::Token => "/token",
            Self::Userinfo => "/userinfo",
        }
    }
}

/// How an endpoint fails. The request is counted and seen, whatever comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Takes the request and never answers.
    Slow,
    /// Answers at once, with a body that comes byte by byte, one a second, without end.
    Drip,
    /// Its answer, and so many blanks behind it.
    Padded(usize),
    /// This status, with an empty JSON object.
    Status(u16),
    /// This status, with this text as JSON.
    Says(u16, String),
    /// 200 with a page for people.
    Garbage,
    /// 307 to this address.
    Redirect(String),
}

/// What the provider says that it must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lie {
    /// The description is that of another issuer.
    DescriptionIssuer,

    /// The browser comes back without `iss` (RFC 9207), which the description promises.
    CallbackIssuerMissing,
    /// The browser comes back with the `iss` of another issuer.
    CallbackIssuerWrong,

    /// No `id_token` comes for a code.
    IdTokenMissing,
    /// `token_type` is `mac`.
    TokenTypeWrong,

    /// The ID token has no `nonce`.
    NonceMissing,
    /// Its `nonce` is of another login.
    NonceWrong,
    /// Its `aud` is another client.
    AudienceWrong,
    /// It has no `aud`.
    AudienceMissing,
    /// Its `aud` is a list of two, and it has no `azp`.
    AudienceSeveral,
    /// Its `azp` is another client.
    AzpWrong,
    /// Its `iss` is another issuer.
    IssuerWrong,
    /// It is not signed: `alg` is `none`, the signature is empty.
    AlgorithmNone,
    /// It is signed with HS256, the public key being the secret.
    AlgorithmHs256,
    /// It is signed by another key than its `kid` names.
    SignatureByAnother,
    /// The same, with the other key's public part in the header (`jwk`).
    KeyInHeader,
    /// It is signed by a key that is published nowhere, under a `kid` that nobody knows; another one each time.
    KeyUnknown,
    /// Its header asks for an extension (`crit`).
    CriticalExtension,
    /// Its `typ` is that of an access token.
    TypeAccessToken,
    /// It ended two minutes ago.
    Expired,
    /// It has no `exp`.
    ExpiryMissing,
    /// Its `iat` lies two minutes ahead.
    IssuedInFuture,
    /// It has no `iat`.
    IssuedAtMissing,
    /// Its `nbf` lies two minutes ahead.
    NotYetValid,
    /// Its `at_hash` is that of another access token.
    AtHashWrong,
    /// It has no `sub`.
    SubjectMissing,
    /// Its `sub` is empty.
    SubjectEmpty,
    /// Its `sub` has 256 characters.
    SubjectTooLong,

    /// Userinfo tells of somebody else.
    UserinfoSubject,
    /// Userinfo has no `sub`.
    UserinfoSubjectMissing,
    /// Userinfo is a signed JWT (`application/jwt`).
    UserinfoSigned,
}

impl Lie {
    /// Every one there is.
    pub const ALL: [Self; 31] = [
        Self::DescriptionIssuer,
        Self::CallbackIssuerMissing,
        Self::CallbackIssuerWrong,
        Self::IdTokenMissing,
        Self::TokenTypeWrong,
        Self::NonceMissing,
        Self::NonceWrong,
        Self::AudienceWrong,
        Self::AudienceMissing,
        Self::AudienceSeveral,
        Self::AzpWrong,
        Self::IssuerWrong,
        Self::AlgorithmNone,
        Self::AlgorithmHs256,
        Self::SignatureByAnother,
        Self::KeyInHeader,
        Self::KeyUnknown,
        Self::CriticalExtension,
        Self::TypeAccessToken,
        Self::Expired,
        Self::ExpiryMissing,
        Self::IssuedInFuture,
        Self::IssuedAtMissing,
        Self::NotYetValid,
        Self::AtHashWrong,
        Self::SubjectMissing,
        Self::SubjectEmpty,
        Self::SubjectTooLong,
        Self::UserinfoSubject,
        Self::UserinfoSubjectMissing,
        Self::UserinfoSigned,
    ];
}
