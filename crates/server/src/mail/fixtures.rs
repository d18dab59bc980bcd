//! What the tests of this module send and are configured with.

use std::path::Path;
use std::time::Duration;

use identity::Timestamp;
use identity::mail::{InvitedTo, Mail, MailId, MailKind, MailToken};
use identity::organization::OrganizationId;
use identity::organization::invitations::InvitationLink;
use identity::secret::Secret;

use super::compose::Composer;
use super::variables::Site;
use crate::config::{self, Config};

/// When everything happens: 22 November 2026, 14:21:11 UTC.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_795_357_271_781);

pub(super) fn id() -> MailId {
    MailId(uuid::Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001))
}

pub(super) fn mail(kind: MailKind) -> Mail {
    let secret = Secret::presented("tok-en.1").expect("a secret");
    let has_token = matches!(
        kind,
        MailKind::VerifyEmail
            | MailKind::RestorePassword
            | MailKind::ConfirmAddress
            | MailKind::ApproveAddress
            | MailKind::Invitation
    );
    let link = InvitationLink {
        app_url: "https://app.example".to_owned(),
        redirect_uri: "https://app.example/a?b=c&d".to_owned(),
    };
    let id = OrganizationId(uuid::Uuid::from_u128(7));
    Mail {
        kind,
        to: "ann@example.org".to_owned(),
        name: "Ann".to_owned(),
        token: has_token.then(|| MailToken { secret, expires: NOW + Duration::from_hours(24) }),
        return_to: None,
        invited_to: (kind == MailKind::Invitation).then(|| InvitedTo {
            id,
            name: "Acme".to_owned(),
            link: Some(link),
        }),
        at: NOW,
    }
}

pub(super) fn site() -> Site {
    Site { public_url: "https://login.example".to_owned(), service: "Example".to_owned() }
}

/// A configuration with these settings besides.
pub(super) fn config(data_dir: &Path, mail: &str) -> Config {
    let text = format!(
        "public_url = \"https://login.example\"\ndata_dir = {data_dir:?}\n[mail]\n\
         from = \"Example <no-reply@login.example>\"\n{mail}"
    );
    config::parse("test", &text, []).expect("good settings").config
}

pub(super) fn composer() -> Composer {
    Composer::new(&config(Path::new("unused"), "")).expect("built-in templates")
}
