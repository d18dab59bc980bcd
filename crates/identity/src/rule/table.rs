//! The rules, one entry each.

use super::DecidingKey;

macro_rules! rules {
    ($($variant:ident $name:literal $key:expr, $means:literal, $remedy:literal;)*) => {
        /// Why a request is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Rule {
            $(#[doc = $means] $variant,)*
        }

        impl Rule {
            /// All of them, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One sentence: what it says.
            #[must_use]
            pub fn means(self) -> &'static str {
                match self { $(Self::$variant => $means,)* }
            }

            /// One sentence: what to do.
            #[must_use]
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }

            /// Which configuration key decides.
            #[must_use]
            pub fn key(self) -> DecidingKey {
                match self { $(Self::$variant => $key,)* }
            }
        }
    };
}

rules! {
    Password "password_login" DecidingKey::None,
    "Name and password are not those of an active user.",
    "Look at what was seen; where the person forgot the password, let them ask for a new one, or use \
     `vestibule user set-password`.";
    PasswordSignIn "password_sign_in" DecidingKey::Path("password.sign_in"),
    "This installation takes no passwords.",
    "Let people sign in by a provider, or allow passwords.";
    PasswordConfirmation "password_confirmation" DecidingKey::None,
    "The password that confirms the step is not the user's.",
    "Let the person type the present password, or use `vestibule user set-password`.";
    PasswordLength "password_length" DecidingKey::Path("password.min_length"),
    "A new password has too few or too many characters.",
    "Let the person choose one of a permitted length.";
    PasswordStrength "password_strength" DecidingKey::Path("password.min_strength"),
    "A new password is one that others would try early: common, made of known names, or found by few guesses.",
    "Let the person choose another, such as several words in a row, or use `--generate-password`.";
    PasswordChange "password_change_required" DecidingKey::Path("password.must_change_blocks"),
    "The account has to get a new password before anything else.",
    "Let the person change it on the page /account/password, or give one with `vestibule user set-password`.";
    FreshLogin "fresh_login" DecidingKey::None,
    "The step needs a login of the last ten minutes.",
    "Let the person confirm the password, or sign in again.";
    AccountState "account_state" DecidingKey::None,
    "The account is pending, suspended or deleted.",
    "Let the person verify the address, or use `vestibule user activate`.";
    CredentialMissing "credential_missing" DecidingKey::None,
    "The route is for somebody known, and the request has no credential in the place where this door looks \
     for it.",
    "See that the client sends its token or cookie: a cookie goes only to the scheme and host of public_url, \
     and from pages of another site not at all.";
    CredentialMalformed "credential_malformed" DecidingKey::None,
    "The credential is not spelt as this door spells them.",
    "See that the client sends the header or cookie whole and as the door's document says.";
    CredentialUnknown "credential_unknown" DecidingKey::None,
    "The credential opens nothing here: it was never given out, was cut, or its user is gone.",
    "Let the client sign in again; when all clients are refused, see that the server runs on the right \
     database.";
    CredentialOtherDoor "credential_other_door" DecidingKey::None,
    "The credential was given out by another door.",
    "Let the client sign in by the door that it calls.";
    SessionEnded "session_ended" DecidingKey::OfDoor("scope", None),
    "The login was ended: by signing out, by a new password, by an operator, or because of its account.",
    "Let the person sign in again; `vestibule session list --all` shows when it ended.";
    SessionExpired "session_expired" DecidingKey::LifetimeOfDoor,
    "The login is past its end.",
    "Let the person sign in again, or let logins last longer.";
    TokenSignature "token_signature" DecidingKey::None,
    "The signed token was not made by this door's keys, or says something that this door never does.",
    "Let the client sign in again; `vestibule signing-key list` shows since when the present key signs.";
    ApiKey "api_key" DecidingKey::None,
    "The API key is not a live one of this door.",
    "Look at `vestibule api-key list`, and make another key where it has ended.";
    AccessToken "access_token" DecidingKey::Path("providers"),
    "The access token is none that a configured provider vouches for, or nobody here is linked to whom it \
     names.",
    "Compare the token's issuer and audience with the provider's entry; let the person sign in by the \
     provider once.";
    ServiceClient "service_client" DecidingKey::Path("dialects.bixarena.service_clients"),
    "The service or its secret is not one of those configured.",
    "Compare the client's id and secret with the entry and its secret_file.";
    TokenClaims "token_claims" DecidingKey::None,
    "A token cannot be made with these claims, or for this audience.",
    "Let the client ask for claims and an audience as the door's document says.";
    SessionLimit "session_limit" DecidingKey::OfDoor("token_limit_per_user", None),
    "The user has as many live logins by this door as one may have.",
    "Let the person sign out somewhere, use `vestibule session revoke`, or raise the limit.";
    SessionNotFound "session_not_found" DecidingKey::None,
    "There is no such live session of this user.",
    "Let the client read the list of sessions again.";
    Permission "permission" DecidingKey::None,
    "The caller, or the credential that stands for them, may not do this.",
    "Use the credential of somebody who may, or one with the permission that was wanted.";
    AccountFailures "account_failures" DecidingKey::Path("limits.account_failures_free"),
    "There were too many failed logins of this account.",
    "Let the person wait, or set a new password, which clears the count; look in the audit trail who tries.";
    AccountFailuresOfNetwork "account_failures_of_network" DecidingKey::Path("limits.account_failures_free"),
    "There were too many failed logins of this account from this network.",
    "Let the person wait, or sign in from elsewhere; see in the observed address that trusted_proxies is \
     right.";
    NetworkFailures "network_failures" DecidingKey::Path("limits.address_failures_per_hour"),
    "There were too many failed logins from this network.",
    "Let it wait; when the observed address is that of your proxy, name it in trusted_proxies, and where many \
     people share one, name it in limits.trusted_addresses.";
    WrongTickets "wrong_tickets_of_network" DecidingKey::None,
    "There were too many wrong tickets from this network.",
    "Let it wait a minute; the person needs the link of the latest message.";
    WrongApiKeys "wrong_api_keys_of_network" DecidingKey::None,
    "There were too many wrong API keys from this network.",
    "Find the client that sends keys that are none, and give it a live one.";
    WrongServiceSecrets "wrong_secrets_of_service" DecidingKey::None,
    "There were too many wrong secrets of this service from this network.",
    "Compare the service's secret with its secret_file, then let it wait a minute.";
    MailsOfNetwork "mails_of_network" DecidingKey::Path("limits.address_mails_per_hour"),
    "Too many messages were asked for from this network.",
    "Let the person wait, or raise the limit; when the observed address is that of your proxy, name it in \
     trusted_proxies.";
    TokensOfAccount "tokens_of_account" DecidingKey::Path("limits.account_tokens_per_minute"),
    "The account asked for too many tokens and keys.",
    "Let the client keep a token until it ends, or raise the limit.";
    MailsOfUser "mails_of_user" DecidingKey::None,
    "The user asked for too many such messages within an hour.",
    "Let the person wait, and look whether mail arrives at all.";
    InvitationsOfUser "invitations_of_user" DecidingKey::None,
    "The user sent too many invitations within an hour.",
    "Let the person wait.";
    AccountTurn "account_turn" DecidingKey::Path("limits.account_failures_free"),
    "So many logins of this account are under way that this one did not get its turn.",
    "Let the client try again, and let it use one login for many requests.";
    HashQueue "hash_queue" DecidingKey::Path("password.hash_queue"),
    "More logins are under way than the machine can hash passwords for.",
    "Let clients try again; give the machine more cores, lower the cost, or lengthen the queue.";
    HashPool "hash_pool" DecidingKey::None,
    "The server is stopping.",
    "Let the client try again when it is back.";
    Captcha "captcha" DecidingKey::Path("captcha.verify_url"),
    "The captcha was not passed, or its service did not say that it was.",
    "Let the person try again; when all are refused, see that site key and secret belong together.";
    SignUp "sign_up" DecidingKey::OfDoor("sign_up", Some("providers")),
    "Nobody makes an account of their own by this door.",
    "Allow it, or make the account with `vestibule user create`.";
    LoginName "login_name" DecidingKey::None,
    "The user name or e-mail address cannot be one, or there is none.",
    "Let the person correct it.";
    LoginNameTaken "login_name_taken" DecidingKey::None,
    "The user name or e-mail address is another user's, or was a deleted one's.",
    "Let the person sign in with it, or choose another.";
    UserNotFound "user_not_found" DecidingKey::None,
    "There is no such user whom the caller may see.",
    "Look with `vestibule user show`.";
    Ticket "ticket" DecidingKey::None,
    "The ticket of a mailed link is no live one of this purpose: used, superseded, expired or cut.",
    "Let the person ask for another message and use the link of the latest.";
    SetUpTicket "set_up_ticket" DecidingKey::None,
    "The link to make the first user is older than an hour, or there was a user already.",
    "Restart the server for another link, or use `vestibule user create`.";
    Provider "provider" DecidingKey::Path("providers"),
    "No such provider is configured, or it was not said which of several is meant.",
    "Compare the name with the ids of the providers, or set the door's provider.";
    ProviderUnavailable "provider_unavailable" DecidingKey::Path("providers"),
    "The provider does not answer, or not with what can be read.",
    "Look at what was observed, and see that this machine reaches the issuer.";
    ProviderDenied "provider_denied" DecidingKey::Path("providers"),
    "The provider sent the browser back with an error instead of a code.",
    "Look the observed error up at the provider: often the person refused, or the client is not allowed these \
     scopes.";
    ProviderCode "provider_code" DecidingKey::Path("providers"),
    "The provider did not take the code that the browser brought back.",
    "Compare client_id, client_secret and the redirect URI with what the provider has registered.";
    ProviderToken "provider_id_token" DecidingKey::Path("providers"),
    "The provider's ID token is missing, or does not say who signed in.",
    "See that the scopes hold openid, and look at what was observed.";
    ProviderUntrusted "provider_untrusted" DecidingKey::Path("providers"),
    "The provider said what must not be believed: a signature, issuer, audience, time or nonce is wrong.",
    "Look at what was observed; compare issuer and client_id with the provider's entry, and the clocks of \
     both machines.";
    OwnPageCode "own_page_code" DecidingKey::None,
    "The code is not the one that our own sign-in page gave for this login.",
    "Let the person begin the login again.";
    LoginCookie "login_cookie" DecidingKey::Path("public_url"),
    "The browser came back from the provider without the cookie with which it left.",
    "See that people use the scheme and host of public_url from the beginning, that no proxy strips cookies, \
     and that not more than ten minutes passed.";
    LoginState "login_state" DecidingKey::None,
    "The state is none of a login under way in this browser by this door: used, expired, of another browser, \
     or made up.",
    "Let the person begin the login again in one window; when all are refused, see that one public_url leads \
     to one database.";
    Identity "identity" DecidingKey::Path("providers"),
    "Nobody here may sign in as this person of the provider, and no account is made for them.",
    "Let the person link the provider on the account page, or look at the provider's sign_up and \
     link_verified_email.";
    IdentityTaken "identity_taken" DecidingKey::None,
    "This person of the provider is linked to another user already.",
    "Let the other user unlink it first.";
    IdentityNotFound "identity_not_found" DecidingKey::None,
    "The user has no such link to a provider.",
    "Let the client read the list again.";
    LastWayIn "last_way_in" DecidingKey::Path("password.sign_in"),
    "Without this link nobody could sign in to the account any more.",
    "Let the person set a password or link another provider first.";
    ApiKeyLimit "api_key_limit" DecidingKey::None,
    "The user or organization has as many API keys by this door as one may have.",
    "End keys that nobody uses.";
    ApiKeyNotFound "api_key_not_found" DecidingKey::None,
    "There is no such API key of this caller's.",
    "Let the client read the list again.";
    Organization "organization" DecidingKey::None,
    "There is no such organization, or the caller does not belong to it with a sufficient role.",
    "Look with `vestibule organization show`, and compare the organization that the client names.";
    OrganizationName "organization_name" DecidingKey::None,
    "The organization's name is empty, too long or of several lines.",
    "Let the person choose another.";
    OrganizationClosed "organization_closed" DecidingKey::None,
    "Nobody joins the organization without an invitation.",
    "Invite the person.";
    OrganizationRole "organization_role" DecidingKey::None,
    "Nobody gives a role above the own one.",
    "Let somebody with a higher role do it, or use `vestibule organization set-role`.";
    Invitation "invitation" DecidingKey::None,
    "The invitation is no live one: withdrawn, expired, followed, or another organization's.",
    "Invite the person again.";
    InvitationAddress "invitation_address" DecidingKey::None,
    "The invitation was mailed to another address than the user's verified one.",
    "Let the person sign in with that address, or invite the other one.";
    InvitationNotNeeded "invitation_not_needed" DecidingKey::None,
    "Who is invited belongs to the organization already, waits with an invitation, or is the one who invites.",
    "There is nothing to be done.";
    Conflict "conflict" DecidingKey::None,
    "Something else changed the same thing at the same time.",
    "Let the client try again.";
    Database "database" DecidingKey::Path("database.url"),
    "The database does not answer, or has no room.",
    "Look at the log line's cause, at the disk and at the database server.";
    StoredRow "stored_row" DecidingKey::None,
    "A stored value is none that this version writes.",
    "See that no older program runs on a newer database, and restore a backup where the file is damaged.";
    SealedKey "sealed_key" DecidingKey::Path("master_key_file"),
    "The master key does not open a key that is kept in the database.",
    "Restore the master key that belongs to this database.";
    Internal "internal" DecidingKey::None,
    "Something failed that should not: a defect.",
    "Report it, with the log line of this refusal.";
    UnknownPath "unknown_path" DecidingKey::OfDoor("enabled", None),
    "No route of a served door is at this path.",
    "Compare the client's base URL with the paths that `vestibule dialects --output json` lists, and see that \
     the door is served.";
    Method "method" DecidingKey::None,
    "The path does not take this method.",
    "Compare the client's request with the door's document; a redirect in front of the server turns POST into \
     GET.";
    BodyTooLarge "body_too_large" DecidingKey::Path("limits.body_bytes"),
    "The request's body is longer than it may be.",
    "Let the client send less, or raise the limit.";
    TargetTooLong "target_too_long" DecidingKey::Path("limits.target_bytes"),
    "The request's path with its query is longer than it may be.",
    "Let the client send what is long in a body, or raise the limit.";
    HeadTooLarge "head_too_large" DecidingKey::Path("limits.header_bytes"),
    "The request's head is larger than it may be, or has more fields than `limits.header_fields`.",
    "Look for cookies of other programs at this host's name, and for a proxy that adds fields; or raise the limit.";
    JsonTooDeep "json_too_deep" DecidingKey::Path("limits.json_depth"),
    "More arrays and objects stand inside each other in the request's body than may.",
    "Compare the client's request with the door's document: none is nearly as deep.";
    RequestTimeout "request_timeout" DecidingKey::Path("limits.request_timeout"),
    "The answer did not begin in time, and what was begun for it was given up.",
    "Look for a slow database or provider, and for more logins than the machine can hash passwords for.";
    BodyTimeout "body_timeout" DecidingKey::Path("limits.body_timeout"),
    "The request's body did not arrive in time.",
    "Look for a proxy that holds bodies back, or a very slow client.";
    BodyBroken "body_broken" DecidingKey::None,
    "The connection ended before the whole body was there.",
    "Look for a proxy that cuts connections.";
    BodyMalformed "body_malformed" DecidingKey::None,
    "The body, a parameter or a header is not what the route takes.",
    "Compare the client's request with the door's document.";
    MediaType "media_type" DecidingKey::None,
    "The request's body is of a type that the route does not read.",
    "Let the client send the Content-Type that the door's document names.";
    NotAcceptable "not_acceptable" DecidingKey::None,
    "The client accepts no type that the route answers with.",
    "Let the client accept application/json.";
    CrossSite "cross_site" DecidingKey::OfDoor("allowed_origins", Some("public_url")),
    "A page of a foreign origin asked for a change with a visitor's cookie.",
    "Add the observed origin to the key where the page is yours, exactly as observed; where it is this site's \
     own, correct public_url.";
    Preflight "preflight" DecidingKey::OfDoor("allowed_origins", Some("public_url")),
    "A page of a foreign origin asked whether it may call this door, and may not.",
    "Add the observed origin to the key where the page is yours, exactly as observed.";
    ReturnUrl "return_url" DecidingKey::Path("return_urls"),
    "The address that the browser was to be led to is none that the configuration allows.",
    "Add the observed address to the key where it is yours; scheme, host and port must be the same, and its \
     path at or below the entry's.";
    FormToken "form_token" DecidingKey::Path("public_url"),
    "The form was not given to this browser for this page, is too old, or the browser sent no cookie.",
    "Let the person open the page again; when all are refused, see that cookies reach the scheme and host of \
     public_url.";
}
