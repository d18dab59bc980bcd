//! The tenant that a request is for: `TR-Organization` and `TR-Dataset`, or `x-organization` and `x-dataset`
//! (contracts 4.4). Datasets are another program's; a key may be good for some of them only.

use axum::http::HeaderMap;
use identity::Rule;
use identity::api_key::Bounds;
use identity::organization::OrganizationId;
use identity::session::caller::Credential;
use identity::{Error, ErrorKind};
use uuid::Uuid;

use super::caller::Asking;
use super::error::{Refused, bad_request};
use super::visit::Visit;

/// What a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tenant {
    pub(super) organization: Option<OrganizationId>,
    dataset: Option<Uuid>,
}

/// A header that names nothing: what it should have named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NoUuid(&'static str);

impl Tenant {
    /// The headers that name one.
    pub(super) const NAMES: [&str; 4] = ["tr-organization", "x-organization", "tr-dataset", "x-dataset"];

    /// What these headers name.
    pub(super) fn named(headers: &HeaderMap) -> Result<Self, Refused> {
        Self::read(headers).map_err(|NoUuid(what)| {
            bad_request("tenant_unreadable", &format!("Could not convert {what} to UUID"))
        })
    }

    fn read(headers: &HeaderMap) -> Result<Self, NoUuid> {
        let organization = named(headers, ["tr-organization", "x-organization"], NoUuid("Organization"))?;
        let dataset = named(headers, ["tr-dataset", "x-dataset"], NoUuid("Dataset"))?;
        Ok(Self { organization: organization.map(OrganizationId), dataset })
    }

    /// Whether whoever asks may be there, by this credential.
    ///
    /// # Errors
    /// [`ErrorKind::CredentialInvalid`]: a key that is not good for it, or for this route. [`ErrorKind::Forbidden`]: no
    /// member. [`ErrorKind::Unavailable`].
    pub(super) async fn admit(self, visit: &Visit, asking: &Asking) -> Result<(), Error> {
        match asking {
            Asking::Nobody => Ok(()),
            Asking::Organization(caller) => {
                let own = caller.organization.id;
                match self.organization.is_none_or(|named| named == own) {
                    true => self.within(visit, &caller.key.bounds),
                    false => Err(elsewhere("a key of another organization")),
                }
            }
            Asking::User(caller) => {
                if let Credential::ApiKey(key) = &caller.credential {
                    self.within(visit, &key.bounds)?;
                }
                match self.organization {
                    Some(named) => visit.identity().organizations.standing(caller, named).await.map(drop),
                    None => Ok(()),
                }
            }
        }
    }

    /// Whether a key with these bounds is good here.
    fn within(self, visit: &Visit, bounds: &Bounds) -> Result<(), Error> {
        if !bounds.allows(visit.method().as_str(), visit.path()) {
            return Err(elsewhere("a key for other routes"));
        }
        if self.organization.is_some_and(|named| !bounds.reaches(named)) {
            return Err(elsewhere("a key for other organizations"));
        }
        if self.dataset.is_some_and(|named| !bounds.covers(&named.to_string())) {
            return Err(elsewhere("a key for other datasets"));
        }
        Ok(())
    }
}

/// The UUID under the first of two names that is there.
fn named(headers: &HeaderMap, names: [&str; 2], wrong: NoUuid) -> Result<Option<Uuid>, NoUuid> {
    let Some(name) = names.into_iter().find(|name| headers.contains_key(*name)) else { return Ok(None) };
    let mut values = headers.get_all(name).iter();
    // Which of two is meant cannot be told.
    let only = values.next().filter(|_| values.next().is_none()).ok_or(wrong)?;
    let text = only.to_str().map_err(|_| wrong)?;
    Uuid::try_parse(text).map(Some).map_err(|_| wrong)
}

fn elsewhere(seen: &'static str) -> Error {
    Error::new(ErrorKind::CredentialInvalid).because(Rule::ApiKey, seen, "one that is good here")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    const A: &str = "01890000-0000-7000-8000-00000000000a";
    const B: &str = "01890000-0000-7000-8000-00000000000b";

    fn read(pairs: &[(&'static str, &'static str)]) -> Result<Tenant, NoUuid> {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        Tenant::read(&pairs.iter().map(pair).collect())
    }

    #[test]
    fn clause_4_4_two_names_each_the_first_decides() {
        let id = |text: &str| Uuid::try_parse(text).expect("a UUID");
        let tenant = |organization: Option<&str>, dataset: Option<&str>| {
            Ok(Tenant {
                organization: organization.map(|text| OrganizationId(id(text))),
                dataset: dataset.map(id),
            })
        };
        assert_eq!(read(&[]), tenant(None, None));
        assert_eq!(read(&[("tr-organization", A), ("x-organization", B)]), tenant(Some(A), None));
        assert_eq!(read(&[("x-organization", B), ("x-dataset", A)]), tenant(Some(B), Some(A)));
        assert_eq!(read(&[("tr-dataset", B), ("x-dataset", "x")]), tenant(None, Some(B)));
    }

    #[test]
    fn clause_4_4_what_is_no_uuid_names_nothing() {
        for bad in ["", "x", "01890000-0000-7000-8000"] {
            assert_eq!(read(&[("tr-organization", bad)]), Err(NoUuid("Organization")));
            assert_eq!(read(&[("tr-organization", bad), ("x-organization", A)]), Err(NoUuid("Organization")));
            assert_eq!(read(&[("x-dataset", bad)]), Err(NoUuid("Dataset")));
        }
        assert_eq!(read(&[("tr-organization", A), ("tr-organization", A)]), Err(NoUuid("Organization")));
    }
}
