-- A name told in two parts keeps them; whom a user belongs to; when something of a user was last changed.
ALTER TABLE users ADD COLUMN given_name TEXT;
ALTER TABLE users ADD COLUMN family_name TEXT CHECK ((given_name IS NULL) = (family_name IS NULL));
ALTER TABLE users ADD COLUMN parent INTEGER REFERENCES users (number);
-- SQLite wants a default for the rows that are there, and keeps it. No statement relies on it.
ALTER TABLE users ADD COLUMN updated INTEGER NOT NULL DEFAULT 0;
UPDATE users SET updated = created;

CREATE INDEX users_parent ON users (parent) WHERE parent IS NOT NULL;

-- What a session may do of what its owner may, as words; and the key that its token is signed with, which may be gone.
ALTER TABLE sessions ADD COLUMN permissions TEXT;
ALTER TABLE sessions ADD COLUMN signing_key BLOB;

CREATE INDEX sessions_signing_key ON sessions (signing_key) WHERE signing_key IS NOT NULL;

CREATE TABLE api_keys (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_number  INTEGER NOT NULL REFERENCES users (number),
    door         TEXT    NOT NULL,
    standing     INTEGER NOT NULL CHECK (standing IN (0, 1)),
    name         TEXT    NOT NULL,
    permissions  TEXT    NOT NULL,
    restrictions TEXT    NOT NULL,
    digest_kind  TEXT    NOT NULL,
    digest       BLOB    NOT NULL,
    sealed       BLOB,
    created      INTEGER NOT NULL,
    updated      INTEGER NOT NULL,
    expires      INTEGER,
    last_used    INTEGER,
    ended        INTEGER,
    end_reason   TEXT,
    CHECK ((ended IS NULL) = (end_reason IS NULL)),
    CHECK (ended IS NULL OR sealed IS NULL)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest, digest_kind);
CREATE INDEX api_keys_user ON api_keys (user_number, door, id);
CREATE UNIQUE INDEX api_keys_standing ON api_keys (user_number, door) WHERE standing = 1 AND ended IS NULL;

-- Live ones only: a ticket that was used or has ended is deleted.
CREATE TABLE tickets (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_number   INTEGER NOT NULL REFERENCES users (number),
    purpose       TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    password_hash TEXT,
    digest_kind   TEXT    NOT NULL,
    digest        BLOB    NOT NULL,
    signing_key   BLOB    NOT NULL CHECK (length(signing_key) = 16),
    created       INTEGER NOT NULL,
    expires       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX tickets_digest ON tickets (digest, digest_kind);
CREATE INDEX tickets_user ON tickets (user_number);
CREATE INDEX tickets_signing_key ON tickets (signing_key);
CREATE INDEX tickets_expires ON tickets (expires);

-- Of each use one signs; the others are accepted until they end.
CREATE TABLE signing_keys (
    id        BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    key_use   TEXT    NOT NULL,
    algorithm TEXT    NOT NULL,
    sealed    BLOB    NOT NULL,
    created   INTEGER NOT NULL,
    ends      INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX signing_keys_use ON signing_keys (key_use, id);
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (key_use) WHERE ends IS NULL;

-- A message has its content until it was sent or given up; the rest is counted until it is forgotten.
CREATE TABLE mail_queue (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_number   INTEGER NOT NULL REFERENCES users (number),
    kind          TEXT    NOT NULL,
    sealed        BLOB,
    created       INTEGER NOT NULL,
    due           INTEGER NOT NULL,
    tries         INTEGER NOT NULL CHECK (tries >= 0),
    claimed_until INTEGER NOT NULL,
    sent          INTEGER,
    failed        INTEGER,
    CHECK (sent IS NULL OR failed IS NULL),
    CHECK ((sealed IS NULL) = (sent IS NOT NULL OR failed IS NOT NULL))
) STRICT;

CREATE INDEX mail_queue_due ON mail_queue (due, id) WHERE sealed IS NOT NULL;
CREATE INDEX mail_queue_user ON mail_queue (user_number, kind, created);
CREATE INDEX mail_queue_sent ON mail_queue (sent) WHERE sent IS NOT NULL;
CREATE INDEX mail_queue_failed ON mail_queue (failed) WHERE failed IS NOT NULL;
