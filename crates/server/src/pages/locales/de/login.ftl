# An- und Abmelden, und was gesagt wird, wenn der Kern ablehnt.
login-title = Anmelden
login-text = Mit Ihrem Benutzernamen oder Ihrer E-Mail-Adresse.
login-for = Um zu { $door } zu gelangen.
login-known = Sie sind als { $who } angemeldet.
login-go-on = Weiter als { $who }
login-as-other = Ein anderes Konto verwenden
login-no-way = Auf diesem Server kann sich noch niemand anmelden. Wer ihn betreibt, kann das einrichten.
login-identifier = Benutzername oder E-Mail-Adresse
login-password = Passwort
login-button = Anmelden
login-with = Anmelden mit { $provider }
login-or = oder
login-forgotten = Passwort vergessen?
back-to-account = Zurück zu Ihrem Konto

confirm-title = Sind Sie es?
confirm-text = Sie sind als { $who } angemeldet. Bitte zeigen Sie noch einmal, dass Sie es sind: Was jetzt kommt, könnte Sie das Konto kosten.
confirm-button = Ich bin es

logout-title = Abmelden
logout-text = Sie sind in diesem Browser als { $who } angemeldet.
logout-button = Abmelden
signed-out-title = Sie sind abgemeldet
signed-out-text = Die Sitzung dieses Browsers ist beendet.
nav-sign-out = Abmelden

password-old = Bisheriges Passwort
password-change-title = Ein anderes Passwort
password-change-text = Wählen Sie eines, das Sie sonst nirgends verwenden.
password-must-text = Bitte wählen Sie zuerst ein eigenes Passwort.
password-end-others = Überall sonst abmelden

leaving-title = Sie sind unterwegs

said-credentials = Dieser Name und dieses Passwort passen nicht zusammen.
said-old-password = Dieses Passwort ist falsch.
said-email = Das ist keine E-Mail-Adresse.
said-name-taken = Das lässt sich nicht für ein Konto verwenden.
said-throttled =
    { $minutes ->
        [one] Zu viele Versuche. Bitte versuchen Sie es in einer Minute wieder.
       *[other] Zu viele Versuche. Bitte versuchen Sie es in { $minutes } Minuten wieder.
    }
said-flow = Diese Anmeldung wurde in einem anderen Browser begonnen, schon benutzt oder ist zu alt. Bitte beginnen Sie dort neu, wo Sie herkamen.
said-denied = Der Anbieter hat Sie ohne Anmeldung zurückgeschickt.
said-provider = Der Anbieter antwortet nicht. Bitte versuchen Sie es später wieder.
said-untrusted = Der Antwort des Anbieters ist nicht zu trauen.
said-identity = Mit dieser Identität kann sich hier niemand anmelden.
said-identity-taken = Diese Identität gehört zu einem anderen Konto.
said-last-way = Das ist der letzte Weg in Ihr Konto. Legen Sie erst ein Passwort fest oder verknüpfen Sie einen anderen Anbieter.
said-key-limit = Sie haben so viele Schlüssel, wie erlaubt sind.
said-session-limit = Sie haben so viele Sitzungen, wie erlaubt sind.
said-changed = Etwas anderes hat das inzwischen geändert. Bitte sehen Sie noch einmal nach.
