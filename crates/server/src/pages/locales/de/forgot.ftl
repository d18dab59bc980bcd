# Ein anderes Passwort anfordern.
forgot-title = Passwort vergessen?
forgot-text = Nennen Sie die E-Mail-Adresse Ihres Kontos: Sie bekommen einen Link, um ein anderes Passwort zu wählen.
forgot-email = E-Mail-Adresse
forgot-button = Link schicken
forgot-no-mail = Dieser Server verschickt selbst keine E-Mails. Fragen Sie seinen Betreiber, der die Nachricht findet.
forgotten-title = Sehen Sie in Ihr Postfach
forgotten-text = Wenn es ein Konto mit dieser Adresse gibt, ist eine Nachricht unterwegs. Ihr Link gilt zehn Minuten.
forgotten-no-mail = Wenn es ein Konto mit dieser Adresse gibt, wartet beim Betreiber dieses Servers eine Nachricht. Fragen Sie danach: Ihr Link gilt zehn Minuten.
forgot-elsewhere-title = Nicht auf dieser Seite
forgot-elsewhere-text = Fordern Sie ein anderes Passwort in der Anwendung an, die Sie benutzen, oder fragen Sie den Betreiber dieses Servers.
