-- Times are milliseconds since the epoch, UTC; ids are the sixteen bytes of a UUIDv7.

CREATE TABLE users (
    number               INTEGER PRIMARY KEY AUTOINCREMENT,
    id                   BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    username             TEXT,
    email                TEXT,
    email_verified       INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
    name                 TEXT    NOT NULL,
    role                 TEXT    NOT NULL CHECK (role IN ('root', 'admin', 'user', 'sub')),
    status               TEXT    NOT NULL CHECK (status IN ('pending', 'active', 'suspended')),
    password_hash        TEXT,
    must_change_password INTEGER NOT NULL CHECK (must_change_password IN (0, 1)),
    credential_version   INTEGER NOT NULL,
    created              INTEGER NOT NULL,
    last_sign_in         INTEGER,
    deleted              INTEGER,
    CHECK (deleted IS NOT NULL OR username IS NOT NULL OR email IS NOT NULL)
) STRICT;

-- One namespace: a username and an e-mail address each claim their normalised key here.
CREATE TABLE login_names (
    key         TEXT    NOT NULL PRIMARY KEY,
    user_number INTEGER NOT NULL REFERENCES users (number)
) STRICT, WITHOUT ROWID;

CREATE INDEX login_names_user ON login_names (user_number);

-- Keyed digests of the names of deleted users, which are not given out again.
CREATE TABLE retired_names (
    digest BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_number  INTEGER NOT NULL REFERENCES users (number),
    door         TEXT    NOT NULL,
    digest_kind  TEXT    NOT NULL,
    digest       BLOB    NOT NULL,
    created      INTEGER NOT NULL,
    last_seen    INTEGER NOT NULL,
    idle_end     INTEGER,
    absolute_end INTEGER,
    ended        INTEGER,
    end_reason   TEXT,
    address      TEXT    NOT NULL,
    user_agent   TEXT    NOT NULL,
    CHECK ((ended IS NULL) = (end_reason IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sessions_digest ON sessions (digest, digest_kind);
CREATE INDEX sessions_user ON sessions (user_number, id);
-- A user may have ten thousand ended sessions and three live ones.
CREATE INDEX sessions_user_live ON sessions (user_number, id) WHERE ended IS NULL;

-- Failures in a row, by user number ('user') or by the keyed digest of a name that nobody has ('name').
CREATE TABLE throttles (
    bucket_kind     TEXT    NOT NULL CHECK (bucket_kind IN ('user', 'name')),
    bucket          BLOB    NOT NULL,
    failures        INTEGER NOT NULL CHECK (failures >= 0),
    in_flight       INTEGER NOT NULL CHECK (in_flight >= 0),
    in_flight_until INTEGER NOT NULL,
    last_failure    INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    PRIMARY KEY (bucket_kind, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_events (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    user_id    BLOB,
    actor      TEXT    NOT NULL,
    door       TEXT,
    session_id BLOB,
    address    TEXT    NOT NULL,
    request    BLOB    NOT NULL,
    detail     TEXT    NOT NULL
) STRICT;

-- Tells whether a process has the master key this database was made with.
CREATE TABLE master_key (
    only_row    INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    check_value BLOB    NOT NULL
) STRICT;
