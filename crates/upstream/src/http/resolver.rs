//! Names to addresses, of which only public ones are handed on: what a name means is judged where it is looked up, so
//! that it cannot mean something else when the connection is made.

use std::error::Error;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::address::is_public;

/// A name has addresses, and none of them is on the public Internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the name leads to private or reserved addresses only")]
pub(crate) struct NotPublic;

/// Asks the system's resolver, and keeps what is public.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses = public_of(found)?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn public_of(found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
    let addresses: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
    if addresses.is_empty() { Err(NotPublic) } else { Ok(addresses) }
}

/// Whether this is what was wrong, however deep.
pub(crate) fn is_cause_of(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<NotPublic>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| SocketAddr::new(text.parse().expect("an address"), 0)).collect()
    }

    #[test]
    fn of_a_names_addresses_the_public_ones_remain() {
        let found = addresses(&["10.0.0.1", "1.1.1.1", "::1", "2606:4700::1111", "::ffff:169.254.169.254"]);
        assert_eq!(public_of(found.into_iter()), Ok(addresses(&["1.1.1.1", "2606:4700::1111"])));
        assert_eq!(public_of(addresses(&["127.0.0.1", "fd00::1"]).into_iter()), Err(NotPublic));
    }

    #[tokio::test]
    async fn a_name_of_this_machine_leads_nowhere() {
        for name in ["localhost", "LocalHost"] {
            let Err(error) = PublicOnly.resolve(name.parse().expect("a name")).await else {
                panic!("{name} was taken for public");
            };
            assert!(is_cause_of(&*error), "{name}: {error}");
        }
    }
}
