//! `vestibule session ...`

use identity::Timestamp;
use identity::session::{Session, SessionId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::args::{OutputFormat, SessionCommand};
use super::failure::Failure;
use super::user::{found, time};
use super::{operator, output};
use crate::house::House;

pub(super) async fn run(
    house: &House,
    command: &SessionCommand,
    format: OutputFormat,
) -> Result<(), Failure> {
    let op = operator(house);
    match command {
        SessionCommand::List(list) => {
            let user = found(house, &list.user).await?;
            let sessions = house.identity.sessions.list(&op, user.number, list.all).await?;
            let rows = sessions.iter().map(|session| described(session, user.id, op.now)).collect();
            let columns =
                ["id", "dialect", "state", "created", "last_seen", "expires", "address", "user_agent"];
            output::list(format, &columns, rows)?;
        }
        SessionCommand::Revoke(revoke) => {
            let id = Uuid::try_parse(&revoke.id)
                .map_err(|_| Failure::Refused(anyhow::anyhow!("no such live session: ids are UUIDs")))?;
            let session = house.identity.sessions.revoke(&op, SessionId(id)).await?;
            let answer = json!({"id": session.id.0, "state": "ended"});
            output::tell(format, &format!("session {} is ended", session.id), &answer)?;
        }
    }
    Ok(())
}

fn described(session: &Session, user: Uuid, now: Timestamp) -> Value {
    json!({
        "id": session.id.0,
        "dialect": session.door.as_str(),
        "user": user,
        "created": time(session.created),
        "last_seen": time(session.last_seen),
        "expires": session.expires().map(time),
        "address": session.address,
        "user_agent": session.user_agent,
        "state": session.state(now).as_str(),
    })
}
