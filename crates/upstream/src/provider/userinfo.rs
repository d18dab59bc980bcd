//! What a provider says of the bearer of a token (OpenID Connect Core section 5.3). Only the plain form is read: one
//! that comes signed or encrypted (`application/jwt`) is for clients that asked for it at registration.

use identity::federation::upstream::{UpstreamError, UpstreamFault};
use url::Url;

use super::claims::Told;
use super::{Provider, object};
use crate::http::MAX_BODY_BYTES;

impl Provider {
    pub(super) async fn userinfo(&self, endpoint: &Url, access_token: &str) -> Result<Told, UpstreamError> {
        let answer = self.client.get(endpoint, Some(access_token), MAX_BODY_BYTES).await;
        let answer = answer.map_err(|error| self.unreached("its userinfo", &error))?;
        match answer.status {
            200 => {}
            status @ (401 | 403) => {
                return Err(self.fault(UpstreamFault::TokenRefused, format!("its userinfo: status {status}")));
            }
            status => return Err(self.unavailable(format!("its userinfo: status {status}"))),
        }
        if answer.media_type != "application/json" {
            return Err(self.unavailable("its userinfo is not application/json"));
        }
        object(&answer.body).ok_or_else(|| self.unavailable("its userinfo is no JSON object of claims"))
    }
}
