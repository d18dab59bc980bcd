# Die Seite, auf der das erste Administrationskonto entsteht.
setup-title = Diesen Server einrichten
setup-text = Hier hat noch niemand ein Konto. Legen Sie das erste an: Es verwaltet die anderen.
setup-code = Einrichtungscode
setup-code-hint = Wer den Server startet, findet in seinem Protokoll einen Link. Der Code ist, was hinter dem # dieses Links steht; er wird eingetragen, wenn Sie den Link selbst öffnen.
setup-code-invalid = Dieser Code gilt nicht. Jeder gilt eine Stunde: Starten Sie den Server neu und nehmen Sie den, den sein Protokoll dann zeigt.
setup-username = Benutzername
setup-username-invalid = Ein Benutzername hat keine Leerzeichen und ist keine Zahl.
setup-email = E-Mail-Adresse (freiwillig)
setup-email-hint = Wer die E-Mails an diese Adresse liest, kann ein neues Passwort für das Konto wählen.
setup-name = Ihr Name (freiwillig)
setup-password = Passwort
setup-button = Administrationskonto anlegen
setup-made-title = Sie verwalten diesen Server
setup-made-text = Das Konto „{ $name }“ wurde angelegt. Der Link galt einmal und gilt nicht mehr.
setup-done-title = Dieser Server ist eingerichtet
setup-done-text = Er hat oder hatte ein Konto, und kein Einrichtungslink gilt mehr. Hätte das erste Konto Ihres sein sollen, dann sagen Sie es sofort denen, die den Server betreiben.
