# Die Seiten des eigenen Kontos.
account-title = Ihr Konto
account-lead = Sie sind als { $who } angemeldet.

profile-title = Über Sie
profile-name = Ihr Name
profile-username = Benutzername
profile-email = E-Mail-Adresse
profile-role = Art des Kontos
profile-organizations = Organisationen
email-none = noch keine
email-verified = bestätigt
email-not-verified = nicht bestätigt
email-verify = Die Nachricht zur Bestätigung noch einmal senden
role-root = Erste Verwaltung
role-admin = Verwaltung
role-user = Gewöhnliches Konto
role-sub = Gehört zu einem anderen Konto
password-way = Passwort ändern
password-way-first = Ein Passwort festlegen

door = Über
end = Beenden
never = nie
choose-one = Bitte wählen Sie eines davon.
list-first = Zurück zum Anfang
list-more =
    { $count ->
        [one] Und noch eins
       *[other] Und { $count } weitere
    }
device-on = { $browser } auf { $system }
device-unknown = Unbekanntes Gerät
moment =
    { $month ->
        [1] { $day }. Januar { $year }, { $minute } UTC
        [2] { $day }. Februar { $year }, { $minute } UTC
        [3] { $day }. März { $year }, { $minute } UTC
        [4] { $day }. April { $year }, { $minute } UTC
        [5] { $day }. Mai { $year }, { $minute } UTC
        [6] { $day }. Juni { $year }, { $minute } UTC
        [7] { $day }. Juli { $year }, { $minute } UTC
        [8] { $day }. August { $year }, { $minute } UTC
        [9] { $day }. September { $year }, { $minute } UTC
        [10] { $day }. Oktober { $year }, { $minute } UTC
        [11] { $day }. November { $year }, { $minute } UTC
       *[other] { $day }. Dezember { $year }, { $minute } UTC
    }

sessions-title = Wo Sie angemeldet sind
sessions-text = Wenn Sie etwas davon nicht kennen, beenden Sie es und ändern Sie Ihr Passwort.
sessions-end-others = Alle anderen beenden
session-this = Diese hier
session-address = Adresse
session-first = Angemeldet
session-last = Zuletzt gesehen
session-end-full = Beenden: { $device }, angemeldet { $since }

keys-title = API-Schlüssel
keys-text = Damit handeln Programme in Ihrem Namen. Wer einen hat, braucht kein Passwort.
keys-none = Sie haben keine API-Schlüssel.
keys-make = Einen Schlüssel anlegen
key-accepted = Gilt für
key-standing = Schlüssel des Kontos
key-nameless = Schlüssel ohne Namen
key-made = Angelegt
key-used = Zuletzt benutzt
key-ends = Endet
key-expired = Abgelaufen
key-end = Widerrufen
key-end-full = Widerrufen: { $name }, angelegt { $made }
key-title = Ein neuer API-Schlüssel
key-text = Mit ihm handelt ein Programm in Ihrem Namen, bis er endet oder Sie ihn widerrufen.
key-name = Bezeichnung
key-name-hint = Damit Sie ihn wiedererkennen, etwa „Sicherung auf dem Laptop“.
key-name-wrong = Eine Bezeichnung hat eine Zeile und 1 bis { $most } Zeichen.
key-door = Wofür er gilt
key-life = Wie lange er gilt
key-life-hint = Je kürzer er gilt, desto weniger richtet ein verlorener Schlüssel an.
key-days =
    { $days ->
        [one] Einen Tag
       *[other] { $days } Tage
    }
key-never-ends = Bis ich ihn widerrufe
key-make = Schlüssel anlegen
secret-title = Ihr neuer Schlüssel
secret-label = Der Schlüssel „{ $name }“
secret-warning = Kopieren Sie ihn jetzt: Er wird nicht noch einmal gezeigt. Bewahren Sie ihn auf wie ein Passwort.
secret-kept = Ich habe ihn kopiert

providers-title = Verknüpfte Anbieter
providers-text = Mit diesen können Sie sich ohne Passwort anmelden.
providers-none = Noch ist kein Anbieter verknüpft.
provider-subject = Dort bekannt als
provider-since = Verknüpft
provider-link = { $name } verknüpfen
provider-unlink = Lösen
provider-unlink-full = Lösen: { $name }

email-title = E-Mail-Adresse ändern
email-text-both = Eine Nachricht geht an die neue Adresse und eine an { $email }. Die Adresse ändert sich, wenn Sie beiden gefolgt sind.
email-text-new = Jetzt ist es { $email }. Eine Nachricht geht an die neue Adresse. Sie ändert sich, wenn Sie ihr gefolgt sind.
email-text-first = Eine Nachricht geht an die Adresse. Sie gehört zu Ihrem Konto, wenn Sie ihr gefolgt sind.
email-new = Neue E-Mail-Adresse
email-button = Nachrichten senden

done-session-ended = Die Sitzung ist beendet.
done-others-ended = Alle Ihre anderen Sitzungen sind beendet.
done-key-ended = Der Schlüssel ist widerrufen.
done-provider-linked = Der Anbieter ist mit Ihrem Konto verknüpft.
done-provider-unlinked = Der Anbieter ist nicht mehr verknüpft.
done-address-asked = Nachrichten sind unterwegs. Die Adresse ändert sich, wenn Sie ihnen gefolgt sind.
done-verification-sent = Die Nachricht ist unterwegs, falls Ihre Adresse nicht schon bestätigt ist.
done-password-changed = Ihr Passwort ist geändert.
