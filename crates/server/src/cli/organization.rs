//! `vestibule organization ...`

use identity::organization::Organization;
use serde_json::{Value, json};

use super::args::{OrganizationCommand, OutputFormat};
use super::failure::Failure;
use super::user::{found, time};
use super::{operator, output};
use crate::house::House;

pub(super) async fn run(
    house: &House,
    command: &OrganizationCommand,
    format: OutputFormat,
) -> Result<(), Failure> {
    let organizations = &house.identity.organizations;
    match command {
        OrganizationCommand::Create(create) => {
            let owner = match &create.owner {
                Some(owner) => Some(found(house, owner).await?),
                None => None,
            };
            let (op, open) = (operator(house), create.registerable);
            let made = organizations.create_by_operator(&op, &create.name, owner.as_ref(), open).await?;
            output::object(format, &described(&made))
        }
        OrganizationCommand::List => {
            let rows = organizations.list().await?.iter().map(described).collect();
            output::list(format, &["id", "name", "registerable", "created"], rows)
        }
    }
}

fn described(organization: &Organization) -> Value {
    json!({
        "id": organization.id.0,
        "name": organization.name,
        "registerable": organization.registerable,
        "created": time(organization.created),
        "updated": time(organization.updated),
    })
}
