# The pages that links in mail lead to.
verify-title = Confirm your address
verify-text = One click shows that this address is yours.
verify-button = Confirm my address
verified-title = Your address is confirmed
verified-text = You can sign in now.

agree-title = Another address for your account
agree-text = It changes when everybody who is asked has agreed.
agree-button = I agree
address-changed-title = The address is changed
address-changed-text = It is the one of your account now.
agreed-title = Thank you
agreed-text = The message to the other address is still to be followed.
address-gone-title = Not this address
address-gone-text = It cannot be used for an account any more.

restore-title = Choose a new password
restore-text = You will be signed out everywhere, and sign in with the new password from then on.
restore-button = Change my password
restored-title = Your password is changed
restored-text = You were signed out everywhere. Sign in with the new one.
password-new = New password
password-hint =
    { $least ->
        [one] At least one character.
       *[other] At least { $least } characters.
    }
password-too-short = This password is too short.
password-too-long = This password is too long.
password-common = Too many people have this password, or one like it. Three or four words that have nothing to do with each other are better.
password-context = This password is made of names or addresses of yours or of this service. Three or four other words are better.
password-guessable = This password is easy to guess. Make it longer: three or four words that have nothing to do with each other are good.

ticket-invalid-title = This link is no longer good
ticket-invalid-text = It was used, has expired, or a newer one was sent. Ask for another one.
no-passwords-title = No passwords here
no-passwords-text = Nobody signs in with a password on this server.
