//! `/token`, `/oauth2/token` and `/oauth2/service-token`: a session, or a service's secret, for a token that other
//! services verify by themselves.

use identity::Rule;
use identity::{Error, ErrorKind};
use web::authorization::basic;
use web::fault::concerning;

use crate::bixarena::error::{Reply, Voice, ok};
use crate::bixarena::visit::Visit;
use crate::bixarena::{caller, convert};

/// contracts 5.1.
pub(in crate::bixarena) async fn for_session(visit: Visit) -> Reply {
    let arena = &visit.arena;
    let refused = visit.refused(Voice::Token(arena.wire));
    let caller = caller::by_cookie(&visit).await.map_err(&refused)?;
    let (op, roles) = (visit.op_as(caller.actor()), convert::role(&caller.user));
    let token = visit.identity().tokens.issue(&op, &arena.tokens, &caller, roles, None).await;
    let token = token.map_err(&refused)?;
    Ok(concerning(caller.user.number, ok(&convert::seed_token(&token, arena.wire))))
}

/// contracts 5.5.
pub(in crate::bixarena) async fn for_audience(visit: Visit) -> Reply {
    let arena = &visit.arena;
    let voice = Voice::Session;
    let caller = caller::by_cookie(&visit).await.map_err(visit.refused(voice))?;
    let audience = convert::audience(visit.sent("audience"));
    let audience = audience.map_err(|wrong| voice.unreadable(wrong, visit.path()))?;
    let (op, roles) = (visit.op_as(caller.actor()), convert::roles(&caller.user));
    let token = visit.identity().tokens.issue(&op, &arena.tokens, &caller, roles, audience.as_deref()).await;
    let token = token.map_err(visit.refused(voice))?;
    Ok(concerning(caller.user.number, ok(&convert::access_token(&token))))
}

/// contracts 5.5. Who asks is settled before what for: without an audience the core is asked for one that cannot be.
pub(in crate::bixarena) async fn for_service(visit: Visit) -> Reply {
    let refused = visit.refused(Voice::Service);
    let Some(basic) = basic(&visit.headers) else {
        return Err(refused(ErrorKind::CredentialMissing.into()));
    };
    let Some(credentials) = convert::service(&basic) else {
        let error = Error::new(ErrorKind::CredentialInvalid);
        return Err(refused(error.because(Rule::ServiceClient, "a secret that none can be", "a service's")));
    };
    let audience = convert::audience(visit.sent("audience")).ok().flatten().unwrap_or_default();
    let tokens = &visit.identity().tokens;
    let token = tokens.issue_for_service(&visit.op(), &visit.arena.tokens, &credentials, &audience).await;
    Ok(ok(&convert::access_token(&token.map_err(refused)?)))
}
