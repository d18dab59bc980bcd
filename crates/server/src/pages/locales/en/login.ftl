# Signing in and out, and what is said when the core refuses.
login-title = Sign in
login-text = With your username or e-mail address.
login-for = To go on to { $door }.
login-known = You are signed in as { $who }.
login-go-on = Continue as { $who }
login-as-other = Use another account
login-no-way = There is no way to sign in on this server yet. Its operator can set one up.
login-identifier = Username or e-mail address
login-password = Password
login-button = Sign in
login-with = Sign in with { $provider }
login-or = or
login-forgotten = Forgot your password?
back-to-account = Back to your account

confirm-title = Is it you?
confirm-text = You are signed in as { $who }. Please show once more that it is you: what comes next could take the account away.
confirm-button = It is me

logout-title = Sign out
logout-text = You are signed in as { $who } in this browser.
logout-button = Sign out
signed-out-title = You are signed out
signed-out-text = The session of this browser has ended.
nav-sign-out = Sign out

password-old = Current password
password-change-title = Another password
password-change-text = Choose one that you use nowhere else.
password-must-text = Before anything else, please choose a password of your own.
password-end-others = Sign out everywhere else

leaving-title = On your way

said-credentials = This name and password do not fit.
said-old-password = This password is wrong.
said-email = This is not an e-mail address.
said-name-taken = This cannot be used for an account.
said-throttled =
    { $minutes ->
        [one] Too many tries. Please try again in a minute.
       *[other] Too many tries. Please try again in { $minutes } minutes.
    }
said-flow = This login was begun in another browser, was used, or is too old. Please begin again where you came from.
said-denied = The provider sent you back without a login.
said-provider = The provider does not answer. Please try again later.
said-untrusted = The provider’s answer cannot be trusted.
said-identity = Nobody can sign in here with this identity.
said-identity-taken = This identity belongs to another account.
said-last-way = This is the last way into your account. Set a password or link another provider first.
said-key-limit = You have as many keys as are allowed.
said-session-limit = You have as many sessions as are allowed.
said-changed = Something else has changed this meanwhile. Please look again.
