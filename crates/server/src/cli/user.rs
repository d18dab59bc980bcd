//! `vestibule user ...`

use std::io::{self, IsTerminal as _, Read as _, Write as _};

use identity::user::{PersonName, Role, Status, User, UserNumber};
use identity::{ErrorKind, NewAccount, NewPassword, Timestamp, WithPassword};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::args::{self, OutputFormat, PasswordSource, UserChange, UserCommand, UserCreate};
use super::failure::Failure;
use super::{operator, output};
use crate::house::House;

/// More than any password may have; what is longer is not read to its end.
const STDIN_BYTES: u64 = 64 * 1024;

pub(super) async fn run(house: &House, command: &UserCommand, format: OutputFormat) -> Result<(), Failure> {
    let accounts = &house.identity.accounts;
    let op = operator(house);
    match command {
        UserCommand::Create(create) => {
            let parent = match &create.parent {
                Some(parent) => Some(found(house, parent).await?.number),
                None => None,
            };
            let made = accounts.create(&op, new_account(create, parent)?).await?;
            output::object(format, &with_password(&made))?;
        }
        UserCommand::List => {
            let rows = accounts.list().await?.iter().map(described).collect();
            let columns = ["number", "username", "email", "role", "status", "created", "id"];
            output::list(format, &columns, rows)?;
        }
        UserCommand::Show(target) => output::object(format, &described(&found(house, &target.user).await?))?,
        UserCommand::SetPassword(change) => {
            let user = found(house, &change.target.user).await?;
            let password = match change.password.source() {
                PasswordSource::Stdin => NewPassword::Given(password_from_stdin()?),
                PasswordSource::Generated => NewPassword::Generated,
            };
            let changed = accounts.set_password(&op, &user, password).await?;
            output::object(format, &with_password(&changed))?;
        }
        UserCommand::SetEmail(change) => {
            let user = found(house, &change.target.user).await?;
            let changed = accounts.set_email(&op, &user, &change.email, change.email_verified).await?;
            output::object(format, &described(&changed))?;
        }
        UserCommand::Suspend(change) => {
            let user = confirmed(house, change, "Suspend").await?;
            accounts.suspend(&op, &user).await?;
            tell_after(house, format, &user, "suspended").await?;
        }
        UserCommand::Activate(change) => {
            let user = confirmed(house, change, "Activate").await?;
            accounts.activate(&op, &user).await?;
            tell_after(house, format, &user, "active").await?;
        }
        UserCommand::Delete(change) => {
            let user = confirmed(house, change, "Delete for ever").await?;
            accounts.delete(&op, &user).await?;
            let answer = json!({"id": user.id, "number": user.number.0, "deleted": true});
            output::tell(format, &format!("user {} is deleted", user.number), &answer)?;
        }
        UserCommand::Logout(change) => {
            let user = confirmed(house, change, "End all sessions of").await?;
            let ended = house.identity.sessions.end_all_of(&op, &user).await?;
            let answer = json!({"id": user.id, "number": user.number.0, "ended": ended});
            output::tell(format, &format!("{ended} sessions of user {} are ended", user.number), &answer)?;
        }
    }
    Ok(())
}

/// The user somebody means.
pub(super) async fn found(house: &House, reference: &str) -> Result<User, Failure> {
    match house.identity.accounts.find(reference).await {
        Err(error) if error.kind() == ErrorKind::UserNotFound => {
            let shown: String = reference.chars().filter(|c| !c.is_control()).take(128).collect();
            Err(Failure::Refused(anyhow::anyhow!("there is no user {shown}")))
        }
        other => Ok(other?),
    }
}

/// The user, after the question on a terminal. Programs are not asked.
async fn confirmed(house: &House, change: &UserChange, verb: &str) -> Result<User, Failure> {
    let user = found(house, &change.target.user).await?;
    if change.yes || !io::stdin().is_terminal() {
        return Ok(user);
    }
    let name = user.email.as_deref().or(user.username.as_deref()).unwrap_or_default();
    let _ = write!(io::stderr(), "{verb} user {} ({name})? [y/N] ", user.number);
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(anyhow::Error::from)?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        Ok(user)
    } else {
        Err(Failure::Refused(anyhow::anyhow!("nothing was changed")))
    }
}

async fn tell_after(house: &House, format: OutputFormat, user: &User, word: &str) -> Result<(), Failure> {
    let user = house.identity.accounts.find(&user.id.to_string()).await?;
    output::tell(format, &format!("user {} is {word}", user.number), &described(&user))?;
    Ok(())
}

fn new_account(create: &UserCreate, parent: Option<UserNumber>) -> Result<NewAccount, Failure> {
    let password = match create.password.source() {
        None => NewPassword::None,
        Some(PasswordSource::Generated) => NewPassword::Generated,
        Some(PasswordSource::Stdin) => NewPassword::Given(password_from_stdin()?),
    };
    Ok(NewAccount {
        username: create.username.clone(),
        email: create.email.clone(),
        email_verified: create.email_verified,
        name: PersonName::whole(create.name.clone().unwrap_or_default()),
        role: match (parent, create.role) {
            (Some(_), _) => Role::Sub,
            (None, args::Role::User) => Role::User,
            (None, args::Role::Admin) => Role::Admin,
        },
        parent,
        status: match create.status {
            args::Status::Active => Status::Active,
            args::Status::Pending => Status::Pending,
            args::Status::Suspended => Status::Suspended,
        },
        password,
        must_change_password: create.must_change_password,
    })
}

/// Everything up to the end of file, without one closing newline.
fn password_from_stdin() -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    io::stdin().take(STDIN_BYTES).read_to_string(&mut text).map_err(|error| {
        Failure::Usage(format!("the password on standard input cannot be read as UTF-8 text: {error}"))
    })?;
    let password = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n')).unwrap_or(&text);
    Ok(Zeroizing::new(password.to_owned()))
}

fn with_password(made: &WithPassword) -> Value {
    let mut answer = described(&made.user);
    if let (Some(password), Some(object)) = (&made.generated, answer.as_object_mut()) {
        object.insert("password".to_owned(), password.expose().into());
    }
    answer
}

fn described(user: &User) -> Value {
    json!({
        "id": user.id,
        "number": user.number.0,
        "email": user.email,
        "username": user.username,
        "name": user.name.as_str(),
        "role": user.role.as_str(),
        "status": user.status.as_str(),
        "parent": user.parent.map(|parent| parent.0),
        "email_verified": user.email_verified,
        "must_change_password": user.must_change_password,
        "has_password": user.has_password,
        "created": time(user.created),
        "updated": time(user.updated),
        "last_sign_in": user.last_sign_in.map(time),
    })
}

/// RFC 3339, UTC, with milliseconds.
pub(super) fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).map(|at| format!("{at:.3}")).unwrap_or_default()
}
