//! What a key is good for beside what its grant says: a role at most, some organizations, some datasets, some routes.
//!
//! Datasets and routes are another program's: here they are texts that a door compares.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::organization::{OrganizationId, OrganizationRole};

/// The bounds of a key. Each is `None` where it does not bind; an empty list lets nothing through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bounds {
    /// No more than this role in any organization; of an organization's own key, this role.
    pub role: Option<OrganizationRole>,
    /// Only these routes: a method, a blank and a path in which `{...}` stands for one segment (contracts 4.5,
    /// `scopes`).
    pub scopes: Option<Vec<String>>,
    /// Only in these organizations.
    pub organizations: Option<Vec<OrganizationId>>,
    /// Only for these datasets.
    pub datasets: Option<Vec<String>>,
}

/// The bounds as they are stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    role: Option<i64>,
    scopes: Option<Vec<String>>,
    organizations: Option<Vec<Uuid>>,
    datasets: Option<Vec<String>>,
}

impl Bounds {
    /// Whether nothing binds.
    pub fn is_free(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the key is good for this route.
    pub fn allows(&self, method: &str, path: &str) -> bool {
        let Some(scopes) = &self.scopes else { return true };
        scopes.iter().any(|scope| {
            scope.split_once(' ').is_some_and(|(wanted, pattern)| wanted == method && matches(pattern, path))
        })
    }

    /// Whether the key is good in this organization.
    pub fn reaches(&self, organization: OrganizationId) -> bool {
        self.organizations.as_ref().is_none_or(|some| some.contains(&organization))
    }

    /// Whether the key is good for this dataset.
    pub fn covers(&self, dataset: &str) -> bool {
        self.datasets.as_ref().is_none_or(|some| some.iter().any(|own| own == dataset))
    }

    /// The text in the database; `None` where nothing binds.
    pub fn to_text(&self) -> Option<String> {
        if self.is_free() {
            return None;
        }
        let stored = Stored {
            role: self.role.map(OrganizationRole::number),
            scopes: self.scopes.clone(),
            organizations: self.organizations.as_ref().map(|ids| ids.iter().map(|id| id.0).collect()),
            datasets: self.datasets.clone(),
        };
        // A struct of texts and numbers is always JSON.
        Some(serde_json::to_string(&stored).unwrap_or_default())
    }

    /// The bounds of that text; `None`: no version wrote it.
    pub fn from_text(text: &str) -> Option<Self> {
        let stored: Stored = serde_json::from_str(text).ok()?;
        let role = match stored.role {
            Some(number) => Some(OrganizationRole::from_number(number)?),
            None => None,
        };
        let organizations = stored.organizations.map(|ids| ids.into_iter().map(OrganizationId).collect());
        Some(Self { role, scopes: stored.scopes, organizations, datasets: stored.datasets })
    }
}

/// Segment by segment, so that a wildcard never reaches over a slash.
fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut found) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if fits(wanted, found) => {}
            _ => return false,
        }
    }
}

fn fits(wanted: &str, found: &str) -> bool {
    let any = wanted.starts_with('{') && wanted.ends_with('}');
    wanted == found || any && !found.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scoped(scopes: &[&str]) -> Bounds {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Bounds { scopes: Some(scopes), ..Bounds::default() }
    }

    #[test]
    fn a_key_without_scopes_is_good_for_every_route_and_one_with_none_for_no_route() {
        assert!(Bounds::default().allows("GET", "/api/auth/me"));
        assert!(!scoped(&[]).allows("GET", "/api/auth/me"));
    }

    #[test]
    fn a_scope_is_one_method_and_one_path() {
        let bounds = scoped(&["GET /api/dataset/{dataset_id}", "POST /api/dataset"]);
        for (method, path, good) in [
            ("GET", "/api/dataset/7", true),
            ("POST", "/api/dataset", true),
            ("DELETE", "/api/dataset/7", false),
            ("get", "/api/dataset/7", false),
            ("GET", "/api/dataset", false),
            ("GET", "/api/dataset/", false),
            ("GET", "/api/dataset/7/users", false),
            ("GET", "/api/dataset/7/", false),
            ("POST", "/api/dataset/7", false),
            ("POST", "/api/datasets", false),
        ] {
            assert_eq!(bounds.allows(method, path), good, "{method} {path}");
        }
        assert!(!scoped(&["/api/dataset", "*", "GET *", ""]).allows("GET", "/api/dataset"));
    }

    #[test]
    fn a_key_reaches_its_organizations_and_datasets_only() {
        let id = |n| OrganizationId(Uuid::from_u128(n));
        let bounds = Bounds {
            organizations: Some(vec![id(1)]),
            datasets: Some(vec!["a".to_owned()]),
            ..Bounds::default()
        };
        assert!(bounds.reaches(id(1)) && !bounds.reaches(id(2)));
        assert!(bounds.covers("a") && !bounds.covers("b"));
        assert!(Bounds::default().reaches(id(2)) && Bounds::default().covers("b"));
    }

    #[test]
    fn bounds_read_back_as_written() {
        let full = Bounds {
            role: Some(OrganizationRole::Admin),
            scopes: Some(vec!["GET /a/{b}".to_owned(), "quote \" and \n".to_owned()]),
            organizations: Some(vec![OrganizationId(Uuid::from_u128(5))]),
            datasets: Some(vec![]),
        };
        let text = full.to_text().expect("bound");
        assert_eq!(Bounds::from_text(&text), Some(full));
        assert_eq!(Bounds::default().to_text(), None);
        for wrong in ["", "{}x", "{\"role\":9}", "{\"rolle\":1}"] {
            assert_eq!(Bounds::from_text(wrong), None, "{wrong}");
        }
    }
}
