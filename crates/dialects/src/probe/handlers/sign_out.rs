//! `DELETE /auth/sign-out`: ends the session of the JWT, or all sessions as far as `scope` reaches. No sign-out ends an
//! API token.

use identity::ErrorKind;

use crate::probe::convert::session as convert;
use crate::probe::error::Reply;
use crate::probe::visit::Call;

pub(in crate::probe) async fn delete(call: Call) -> Reply {
    let probe = &call.visit.probe;
    let sign_out = convert::sign_out(&call.visit.query, &probe.web.return_urls)?;
    let sessions = &call.identity().sessions;
    let success = if sign_out.all {
        sessions.sign_out_everywhere(&call.op(), &probe.long_term, &call.caller).await?;
        true
    } else {
        match sessions.sign_out(&call.op(), &call.caller).await {
            Ok(()) => true,
            // Who came with an API token has no session to end.
            Err(error) if error.kind() == ErrorKind::SessionNotFound => false,
            Err(error) => return Err(error.into()),
        }
    };
    Ok(probe.cookie.clear(call.ok(&sign_out.answer(success))?))
}
