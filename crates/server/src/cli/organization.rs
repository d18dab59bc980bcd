//! `vestibule organization ...`

use identity::organization::{Membership, Organization, OrganizationRole};
use identity::user::User;
use serde_json::{Value, json};

use super::args::{MemberRole, OrganizationCommand, OutputFormat};
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
        OrganizationCommand::Members(of) => {
            let organization = named(house, &of.organization).await?;
            let members = organizations.members_for_operator(&organization).await?;
            let rows = members.iter().map(|(membership, user)| member(membership, user)).collect();
            output::list(format, &["user", "username", "email", "role", "created"], rows)
        }
        OrganizationCommand::SetRole(set) => {
            let organization = named(house, &set.member.of.organization).await?;
            let (user, role) = (found(house, &set.member.user).await?, role(set.role));
            let op = operator(house);
            let membership = organizations.set_role_by_operator(&op, &organization, &user, role).await?;
            let text = format!("{} is {} of {}", user.id, membership.role.as_str(), organization.id);
            output::tell(format, &text, &member(&membership, &user))
        }
        OrganizationCommand::RemoveMember(who) => {
            let organization = named(house, &who.of.organization).await?;
            let user = found(house, &who.user).await?;
            if !organizations.remove_by_operator(&operator(house), &organization, &user).await? {
                let sentence = format!("{} is no member of {}", user.id, organization.id);
                return Err(Failure::Refused(anyhow::anyhow!(sentence)));
            }
            let text = format!("{} is no member of {} any more", user.id, organization.id);
            output::tell(format, &text, &json!({"user": user.id, "organization": organization.id.0}))
        }
    }
}

async fn named(house: &House, reference: &str) -> Result<Organization, Failure> {
    Ok(house.identity.organizations.find(reference).await?)
}

fn role(role: MemberRole) -> OrganizationRole {
    match role {
        MemberRole::User => OrganizationRole::User,
        MemberRole::Admin => OrganizationRole::Admin,
        MemberRole::Owner => OrganizationRole::Owner,
    }
}

fn member(membership: &Membership, user: &User) -> Value {
    json!({
        "user": user.id,
        "username": user.username,
        "email": user.email,
        "role": membership.role.as_str(),
        "created": time(membership.created),
    })
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
