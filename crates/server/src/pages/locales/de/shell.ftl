# Der Rahmen jeder Seite, und was gesagt wird, wenn eine nicht gezeigt werden kann.
page-title = { $title } – { $service }
skip = Zum Inhalt springen
nav = Seiten
nav-docs = Dokumentation
nav-account = Konto
nav-sign-in = Anmelden
languages = Andere Sprachen
foot = Geben Sie Ihr Passwort nur auf Seiten ein, deren Adresse Sie kennen.

to-the-start = Zur Startseite
open-again = Seite neu öffnen
continue = Weiter
form-complaint = Bitte sehen Sie noch einmal nach:

missing-title = Diese Seite gibt es nicht
missing-text = Vielleicht wurde die Adresse abgeschnitten, oder die Seite ist umgezogen.
not-arrived-title = Das ist nicht angekommen
not-arrived-text = Bitte gehen Sie zurück und versuchen Sie es noch einmal.
foreign-title = Das kam von einer anderen Website
foreign-text = Eine Seite einer anderen Website hat dies in Ihrem Namen geschickt. Es wurde nichts geändert.
stale-title = Diese Seite war zu lange offen
stale-text = Es wurde nichts geändert. Öffnen Sie die Seite neu und schicken Sie sie dann ab. Ihr Browser muss Cookies dieser Website annehmen.
broken-title = Bei uns ist etwas kaputtgegangen
broken-text = An dem, was Sie getan haben, ist nichts falsch. Bitte versuchen Sie es später noch einmal.
not-now-title = Im Moment geht es nicht
not-now-text = Bitte versuchen Sie es in einer Minute noch einmal.
leaving-text = Sie werden zu { $name } weitergeleitet.
leaving-now = Jetzt dorthin gehen
