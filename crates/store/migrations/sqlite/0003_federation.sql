-- Who a user is to a provider: by issuer and subject, which are compared byte by byte.
CREATE TABLE external_identities (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_number INTEGER NOT NULL REFERENCES users (number),
    issuer      TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    UNIQUE (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX external_identities_user ON external_identities (user_number, id);

-- Logins under way only: one that somebody came back to is deleted.
CREATE TABLE flows (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    provider     TEXT    NOT NULL,
    door         TEXT    NOT NULL,
    browser_kind TEXT    NOT NULL,
    browser      BLOB    NOT NULL,
    return_to    TEXT    NOT NULL,
    digest_kind  TEXT    NOT NULL,
    digest       BLOB    NOT NULL,
    created      INTEGER NOT NULL,
    expires      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX flows_digest ON flows (digest, digest_kind);
CREATE INDEX flows_expires ON flows (expires);

-- A key signs from its beginning on, and is published before. One that is there began when it was made.
-- SQLite wants a default for the rows that are there, and keeps it. No statement relies on it.
ALTER TABLE signing_keys ADD COLUMN begins INTEGER NOT NULL DEFAULT 0;
UPDATE signing_keys SET begins = created;

CREATE INDEX signing_keys_ends ON signing_keys (ends) WHERE ends IS NOT NULL;
