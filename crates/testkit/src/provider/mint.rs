//! What the provider gives out: ID tokens, access tokens, and the answers in which they and userinfo come.

use serde_json::{Value, json};

use super::keys::{Key, hs256, s256, sealed};
use super::lie::Lie;
use super::person::Person;
use super::state::{AccessTokens, Asked, Grant, State, Told};
use super::{CLIENT_ID, CLIENT_SECRET};

/// How long an access token holds, in seconds.
const ACCESS_TOKEN_SECONDS: i64 = 3600;
/// How long an ID token holds, in seconds.
const ID_TOKEN_SECONDS: i64 = 300;

/// An OAuth error: a status and a word (RFC 6749 section 5.2).
type Refusal = (u16, &'static str);

impl State {
    pub(super) fn signed(&self, header: Value, claims: &Value) -> String {
        self.key().token(header, claims)
    }

    pub(super) fn access_token(&mut self, person: &Person) -> String {
        self.access_token_for(person, "openid profile email")
    }

    fn access_token_for(&mut self, person: &Person, scope: &str) -> String {
        let (now, unique) = (self.seconds(), self.unique("access-token"));
        let end = now + ACCESS_TOKEN_SECONDS;
        let token = match self.access_tokens {
            AccessTokens::Opaque => unique,
            AccessTokens::Jwt => {
                let mut claims = json!({
                    "iss": self.issuer, "sub": person.subject, "aud": CLIENT_ID, "client_id": CLIENT_ID,
                    "scope": scope, "iat": now, "exp": end, "jti": unique,
                });
                extend(&mut claims, person, scope);
                self.signed(json!({"typ": "at+jwt"}), &claims)
            }
        };
        self.tokens.insert(token.clone(), (person.clone(), scope.to_owned(), end));
        token
    }

    /// The answer of the token endpoint (RFC 6749 section 4.1.3, RFC 7636 section 4.6).
    pub(super) fn redeem(&mut self, asked: &Asked) -> Result<Value, Refusal> {
        self.client(asked)?;
        if asked.parameter("grant_type") != Some("authorization_code") {
            return Err((400, "unsupported_grant_type"));
        }
        let code = asked.parameter("code").ok_or((400, "invalid_request"))?;
        // A code is worth something once, whatever comes of it.
        let grant = self.codes.remove(code).ok_or((400, "invalid_grant"))?;
        let verified = asked.parameter("code_verifier").is_some_and(|it| s256(it) == grant.challenge);
        if !verified || asked.parameter("redirect_uri") != Some(grant.redirect_uri.as_str()) {
            return Err((400, "invalid_grant"));
        }
        let access_token = self.access_token_for(&grant.person, &grant.scope);
        let id_token = self.id_token(&grant, &access_token);
        let token_type = if self.lies(Lie::TokenTypeWrong) { "mac" } else { "Bearer" };
        let mut answer = json!({
            "access_token": access_token, "token_type": token_type, "expires_in": ACCESS_TOKEN_SECONDS,
            "id_token": id_token, "scope": grant.scope,
        });
        if self.lies(Lie::IdTokenMissing) {
            answer.as_object_mut().expect("an object").remove("id_token");
        }
        Ok(answer)
    }

    /// Whether this is the client: by Basic with both halves form-encoded (RFC 6749 section 2.3.1), by the form, or,
    /// for a client without a secret, by its name.
    fn client(&self, asked: &Asked) -> Result<(), Refusal> {
        let by_header = asked.authorization.as_deref().map(|header| header == basic());
        let secret = asked.parameter("client_secret");
        let named = asked.parameter("client_id") == Some(CLIENT_ID);
        let known = match (by_header, secret) {
            (Some(_), Some(_)) => return Err((400, "invalid_request")),
            (Some(right), None) => right && !self.public_client,
            (None, Some(secret)) => named && secret == CLIENT_SECRET && !self.public_client,
            (None, None) => named && self.public_client,
        };
        if known { Ok(()) } else { Err((401, "invalid_client")) }
    }

    fn id_token(&mut self, grant: &Grant, access_token: &str) -> String {
        let now = self.seconds();
        let mut claims = json!({
            "iss": self.issuer, "sub": grant.person.subject, "aud": CLIENT_ID, "exp": now + ID_TOKEN_SECONDS,
            "iat": now, "auth_time": now, "at_hash": self.key().at_hash(access_token),
        });
        if let Some(nonce) = &grant.nonce {
            claims["nonce"] = json!(nonce);
        }
        if self.told != Told::InUserinfo {
            extend(&mut claims, &grant.person, &grant.scope);
        }
        for (lie, claim, instead) in [
            (Lie::NonceMissing, "nonce", Value::Null),
            (Lie::NonceWrong, "nonce", json!("of-another-login")),
            (Lie::AudienceWrong, "aud", json!("another client")),
            (Lie::AudienceMissing, "aud", Value::Null),
            (Lie::AudienceSeveral, "aud", json!([CLIENT_ID, "another client"])),
            (Lie::AzpWrong, "azp", json!("another client")),
            (Lie::IssuerWrong, "iss", json!("https://another.example")),
            (Lie::Expired, "exp", json!(now - 120)),
            (Lie::ExpiryMissing, "exp", Value::Null),
            (Lie::IssuedInFuture, "iat", json!(now + 120)),
            (Lie::IssuedAtMissing, "iat", Value::Null),
            (Lie::NotYetValid, "nbf", json!(now + 120)),
            (Lie::AtHashWrong, "at_hash", json!(self.key().at_hash("another token"))),
            (Lie::SubjectMissing, "sub", Value::Null),
            (Lie::SubjectEmpty, "sub", json!("")),
            (Lie::SubjectTooLong, "sub", json!("x".repeat(256))),
        ] {
            if self.lies(lie) {
                claims[claim] = instead;
            }
        }
        claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        (self.claim)(&mut claims);
        self.sealed(&claims)
    }

    /// The ID token with these claims, signed well or otherwise.
    fn sealed(&mut self, claims: &Value) -> String {
        let other = |state: &Self, kid: &str| Key::new(state.key().algorithm, kid, 2);
        let honest = json!({"typ": "JWT"});
        if self.lies(Lie::AlgorithmNone) {
            return sealed(&json!({"alg": "none", "typ": "JWT"}), claims, |_| Vec::new());
        }
        if self.lies(Lie::AlgorithmHs256) {
            let header = json!({"alg": "HS256", "typ": "JWT", "kid": self.key().kid});
            return sealed(&header, claims, hs256(&self.key().public_bytes()));
        }
        if self.lies(Lie::SignatureByAnother) {
            return other(self, &self.key().kid).token(honest, claims);
        }
        if self.lies(Lie::KeyInHeader) {
            let liar = other(self, &self.key().kid);
            return liar.token(json!({"typ": "JWT", "jwk": liar.jwk()}), claims);
        }
        if self.lies(Lie::KeyUnknown) {
            let kid = self.unique("nobody-knows");
            return other(self, &kid).token(honest, claims);
        }
        if self.lies(Lie::CriticalExtension) {
            return self.signed(json!({"typ": "JWT", "crit": ["exp"], "exp": 1}), claims);
        }
        if self.lies(Lie::TypeAccessToken) {
            return self.signed(json!({"typ": "at+jwt"}), claims);
        }
        self.signed(honest, claims)
    }

    /// Who the bearer is (OpenID Connect Core section 5.3). `None`: the token is not one of ours, or not any more.
    pub(super) fn userinfo(&self, asked: &Asked) -> Option<Value> {
        let token = asked.authorization.as_deref()?.strip_prefix("Bearer ")?;
        let (person, scope, end) = self.tokens.get(token)?;
        if *end <= self.seconds() {
            return None;
        }
        let mut claims = json!({"sub": person.subject});
        extend(&mut claims, person, scope);
        if self.lies(Lie::UserinfoSubject) {
            claims["sub"] = json!("somebody else");
        }
        if self.lies(Lie::UserinfoSubjectMissing) {
            claims.as_object_mut().expect("an object").remove("sub");
        }
        Some(claims)
    }
}

fn extend(claims: &mut Value, person: &Person, scope: &str) {
    claims.as_object_mut().expect("an object").extend(person.claims(scope));
}

/// The header of `client_secret_basic`, as the standard has it.
fn basic() -> String {
    use base64::Engine as _;
    use url::form_urlencoded::byte_serialize;
    let [id, secret] = [CLIENT_ID, CLIENT_SECRET].map(|it| byte_serialize(it.as_bytes()).collect::<String>());
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}")))
}
