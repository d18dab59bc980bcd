//! The shape of `vestibule organization ...`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum};

/// `organization ...`
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum OrganizationCommand {
    /// Make an organization
    Create(OrganizationCreate),
    /// List the organizations
    List,
    /// List who belongs to an organization
    Members(OrganizationRef),
    /// Make a user a member, or give a member another role
    SetRole(OrganizationSetRole),
    /// Take a member out
    RemoveMember(OrganizationMember),
    /// Invite somebody, by a message that leads to the page /invitation
    ///
    /// The invitation is good for seven days, once, and for whoever reads mail at the address. It takes the place of one
    /// that waits there already.
    Invite(OrganizationInvite),
}

/// `organization invite`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct OrganizationInvite {
    /// To which.
    #[command(flatten)]
    pub of: OrganizationRef,
    /// The e-mail address
    #[arg(value_name = "EMAIL", value_parser = NonEmptyStringValueParser::new())]
    pub email: String,
    /// What they may do there
    #[arg(long, value_enum, default_value_t = MemberRole::User)]
    pub role: MemberRole,
    /// Print the link instead of mailing it
    ///
    /// Whoever has the link joins as the address: give it to nobody else.
    #[arg(long)]
    pub print_link: bool,
}

/// `organization members`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct OrganizationRef {
    /// Which: its id, or its name where only one has it
    #[arg(value_name = "ORGANIZATION", value_parser = NonEmptyStringValueParser::new())]
    pub organization: String,
}

/// `organization remove-member`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct OrganizationMember {
    /// Of which.
    #[command(flatten)]
    pub of: OrganizationRef,
    /// The user: UUID, number, address or username
    #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
    pub user: String,
}

/// `organization set-role`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct OrganizationSetRole {
    /// Who.
    #[command(flatten)]
    pub member: OrganizationMember,
    /// What they may do there
    #[arg(long, value_enum)]
    pub role: MemberRole,
}

/// A role in an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MemberRole {
    /// Belongs to it
    User,
    /// Invites, and makes keys
    Admin,
    /// The same, and may make others owners
    Owner,
}

/// `organization create`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct OrganizationCreate {
    /// What to call it; others may have the same name
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub name: String,
    /// The user who owns it; without one, nobody belongs to it yet
    #[arg(long, value_name = "REF", value_parser = NonEmptyStringValueParser::new())]
    pub owner: Option<String>,
    /// Let people who name it at their login join it without an invitation
    #[arg(long)]
    pub registerable: bool,
}
