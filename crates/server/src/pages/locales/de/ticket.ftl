# Die Seiten, zu denen Links in E-Mails führen.
verify-title = Bestätigen Sie Ihre Adresse
verify-text = Ein Klick zeigt, dass diese Adresse Ihnen gehört.
verify-button = Meine Adresse bestätigen
verified-title = Ihre Adresse ist bestätigt
verified-text = Sie können sich jetzt anmelden.

agree-title = Eine andere Adresse für Ihr Konto
agree-text = Sie ändert sich, sobald alle Gefragten zugestimmt haben.
agree-button = Ich stimme zu
address-changed-title = Die Adresse ist geändert
address-changed-text = Sie gehört jetzt zu Ihrem Konto.
agreed-title = Vielen Dank
agreed-text = Der Nachricht an die andere Adresse ist noch zu folgen.
address-gone-title = Diese Adresse nicht
address-gone-text = Sie lässt sich nicht mehr für ein Konto verwenden.

restore-title = Wählen Sie ein neues Passwort
restore-text = Sie werden überall abgemeldet und melden sich von da an mit dem neuen Passwort an.
restore-button = Mein Passwort ändern
restored-title = Ihr Passwort ist geändert
restored-text = Sie wurden überall abgemeldet. Melden Sie sich mit dem neuen an.
password-new = Neues Passwort
password-hint =
    { $least ->
        [one] Mindestens ein Zeichen.
       *[other] Mindestens { $least } Zeichen.
    }
password-too-short = Dieses Passwort ist zu kurz.
password-too-long = Dieses Passwort ist zu lang.
password-common = Zu viele Menschen haben dieses Passwort oder ein ähnliches. Besser sind drei oder vier Wörter, die nichts miteinander zu tun haben.
password-context = Dieses Passwort besteht aus Namen oder Adressen von Ihnen oder von diesem Dienst. Besser sind drei oder vier andere Wörter.
password-guessable = Dieses Passwort lässt sich leicht erraten. Machen Sie es länger: Gut sind drei oder vier Wörter, die nichts miteinander zu tun haben.

ticket-invalid-title = Dieser Link gilt nicht mehr
ticket-invalid-text = Er wurde benutzt, ist abgelaufen, oder es wurde ein neuerer verschickt. Fordern Sie einen anderen an.
no-passwords-title = Hier gibt es keine Passwörter
no-passwords-text = Auf diesem Server meldet sich niemand mit einem Passwort an.
