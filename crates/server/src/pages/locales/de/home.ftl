# Die Startseite.
home-title = Ein Ort zum Anmelden
home-lead = { $service } verwaltet die Konten und Sitzungen der Anwendungen, die ihm vertrauen.
home-people = Wenn eine Anwendung Sie hierher geführt hat
home-people-text = Auf dieser Seite brauchen Sie nichts. Gehen Sie zurück zur Anwendung und melden Sie sich dort an.
home-doors = Für alle, die Anwendungen bauen
home-doors-text = Dieser Server antwortet unter den folgenden Adressen. Hinter allen stehen dieselben Konten und dieselben Sitzungen: Was an einer beendet wird, ist an allen beendet.
door-bases = Adressen beginnen mit
door-explore = Aufrufe ansehen
door-explore-label = Aufrufe ansehen: { $name }
door-document = OpenAPI-Dokument
door-document-label = OpenAPI-Dokument: { $name }
no-doors = Dieser Server bietet keine API an.
