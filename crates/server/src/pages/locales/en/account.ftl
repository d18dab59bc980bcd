# The pages of somebody's own account.
account-title = Your account
account-lead = You are signed in as { $who }.

profile-title = About you
profile-name = Name
profile-username = Username
profile-email = E-mail address
profile-role = Kind of account
profile-organizations = Organizations
email-none = none yet
email-verified = verified
email-not-verified = not verified
email-verify = Send the message that verifies it again
role-root = First administrator
role-admin = Administrator
role-user = Ordinary account
role-sub = Belongs to another account
password-way = Change password
password-way-first = Choose a password

door = Through
end = End
never = never
choose-one = Please choose one of these.
list-first = Back to the first
list-more =
    { $count ->
        [one] And one more
       *[other] And { $count } more
    }
device-on = { $browser } on { $system }
device-unknown = Unknown device
moment =
    { $month ->
        [1] { $day } January { $year }, { $minute } UTC
        [2] { $day } February { $year }, { $minute } UTC
        [3] { $day } March { $year }, { $minute } UTC
        [4] { $day } April { $year }, { $minute } UTC
        [5] { $day } May { $year }, { $minute } UTC
        [6] { $day } June { $year }, { $minute } UTC
        [7] { $day } July { $year }, { $minute } UTC
        [8] { $day } August { $year }, { $minute } UTC
        [9] { $day } September { $year }, { $minute } UTC
        [10] { $day } October { $year }, { $minute } UTC
        [11] { $day } November { $year }, { $minute } UTC
       *[other] { $day } December { $year }, { $minute } UTC
    }

sessions-title = Where you are signed in
sessions-text = If you do not know one of these, end it and change your password.
sessions-end-others = End all others
session-this = This one
session-address = Address
session-first = Signed in
session-last = Last seen
session-end-full = End: { $device }, signed in { $since }

keys-title = API keys
keys-text = Programs act in your name with them. Whoever has one needs no password.
keys-none = You have no API keys.
keys-make = Make a key
key-accepted = Good for
key-standing = Key of the account
key-nameless = Key without a name
key-made = Made
key-used = Last used
key-ends = Ends
key-expired = Expired
key-end = Revoke
key-end-full = Revoke: { $name }, made { $made }
key-title = A new API key
key-text = It lets a program act in your name, until it ends or you revoke it.
key-name = Name
key-name-hint = So that you know it again, such as “backup on the laptop”.
key-name-wrong = A name has one line and 1 to { $most } characters.
key-door = What it is good for
key-life = How long it lives
key-life-hint = A short life limits what a lost key can do.
key-days =
    { $days ->
        [one] One day
       *[other] { $days } days
    }
key-never-ends = Until I revoke it
key-make = Make the key
secret-title = Your new key
secret-label = The key “{ $name }”
secret-warning = Copy it now: it is not shown again. Keep it as you keep a password.
secret-kept = I have copied it

providers-title = Linked providers
providers-text = With these you can sign in without a password.
providers-none = No provider is linked yet.
provider-subject = Known there as
provider-since = Linked
provider-link = Link { $name }
provider-unlink = Unlink
provider-unlink-full = Unlink: { $name }

email-title = Change e‑mail address
email-text-both = A message goes to the new address and one to { $email }. It changes when you have followed both.
email-text-new = Now it is { $email }. A message goes to the new address. It changes when you have followed it.
email-text-first = A message goes to the address. It is yours when you have followed it.
email-new = New e-mail address
email-button = Send the messages

done-session-ended = The session is ended.
done-others-ended = All your other sessions are ended.
done-key-ended = The key is revoked.
done-provider-linked = The provider is linked to your account.
done-provider-unlinked = The provider is no longer linked.
done-address-asked = Messages are on their way. The address changes when you have followed them.
done-verification-sent = The message is on its way, unless your address is verified already.
done-password-changed = Your password is changed.
