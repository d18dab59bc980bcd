# The frame of every page, and what is said when one cannot be shown.
page-title = { $title } – { $service }
skip = Skip to the content
nav = Pages
nav-docs = Documentation
nav-account = Account
nav-sign-in = Sign in
languages = Other languages
foot = Only enter your password on pages whose address you know.

to-the-start = To the start page
open-again = Open the page again
continue = Continue
form-complaint = Please have another look:

missing-title = There is no such page
missing-text = Perhaps the address was cut off, or the page has moved.
not-arrived-title = That did not arrive
not-arrived-text = Please go back and try again.
foreign-title = That came from another site
foreign-text = A page of another site sent this in your name. Nothing was changed.
stale-title = This page was open for too long
stale-text = Nothing was changed. Open the page again and send it from there. Your browser must accept cookies of this site.
broken-title = Something broke on our side
broken-text = Nothing is known to be wrong with what you did. Please try again later.
not-now-title = Not just now
not-now-text = Please try again in a minute.
leaving-text = You are being taken to { $name }.
leaving-now = Go there now
