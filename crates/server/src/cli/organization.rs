//! `vestibule organization ...`

use identity::organization::invitations::Delivery;
use identity::organization::{Membership, Organization, OrganizationRole};
use identity::user::User;
use serde_json::{Value, json};

use super::args::{MemberRole, OrganizationCommand, OrganizationInvite, OutputFormat};
use super::failure::Failure;
use super::user::{found, time};
use super::{operator, output};
use crate::config::Config;
use crate::house::House;
use crate::mail;

pub(super) async fn run(
    house: &House,
    config: &Config,
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
        OrganizationCommand::Invite(who) => invite(house, config, who, format).await,
    }
}

async fn invite(
    house: &House,
    config: &Config,
    who: &OrganizationInvite,
    format: OutputFormat,
) -> Result<(), Failure> {
    if !config.dialects.native.enabled {
        return Err(Failure::Usage(
            "an invitation leads to a page that is served with dialects.native.enabled = true only"
                .to_owned(),
        ));
    }
    let organization = named(house, &who.of.organization).await?;
    let delivery = if who.print_link { Delivery::Shown } else { Delivery::Mailed };
    let (op, role) = (operator(house), role(who.role));
    let organizations = &house.identity.organizations;
    let invited = organizations.invite_by_operator(&op, &organization, &who.email, role, delivery).await;
    let (made, code) = invited?;
    let public_url = config.public_url.to_string();
    let link = code.and_then(|code| mail::invitation_page(&public_url, code.expose()));
    let object = json!({
        "id": made.id.0,
        "organization": organization.id.0,
        "email": made.address.as_str(),
        "role": made.role.as_str(),
        "expires": time(made.expires),
        "link": link,
    });
    let text = match &link {
        Some(link) => link.clone(),
        None if config.mail.smtp.is_some() => format!("a message to {} is on its way", made.address.as_str()),
        None => format!(
            "a message to {} waits for a running server to write it to {}",
            made.address.as_str(),
            config.data_dir.join("outbox").display()
        ),
    };
    output::tell(format, &text, &object)
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
