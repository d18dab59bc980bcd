# The page that makes the first administrator.
setup-title = Set up this server
setup-text = Nobody has an account here yet. Make the first one: it administers the others.
setup-code = Set-up code
setup-code-hint = Whoever starts the server finds a link in its log. The code is what stands behind the # of that link, and is filled in when you open the link itself.
setup-code-invalid = This code is not good. One is good for an hour: restart the server, and take the one that its log shows then.
setup-username = Username
setup-username-invalid = A username has no blanks and is not a number.
setup-email = E-mail address (optional)
setup-email-hint = Whoever reads mail at this address can choose a new password for the account.
setup-name = Your name (optional)
setup-password = Password
setup-button = Make the administrator
setup-made-title = You are the administrator
setup-made-text = The account “{ $name }” was made. The link was good once and is no more.
setup-done-title = This server is set up
setup-done-text = It has an account, or had one, and no set-up link is good any more. Should the first account have been yours, tell whoever runs the server at once.
