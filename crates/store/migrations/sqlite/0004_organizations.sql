CREATE TABLE organizations (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name         TEXT    NOT NULL,
    registerable INTEGER NOT NULL CHECK (registerable IN (0, 1)),
    created      INTEGER NOT NULL,
    updated      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX organizations_name ON organizations (name, id);

CREATE TABLE memberships (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organization BLOB    NOT NULL REFERENCES organizations (id),
    user_number  INTEGER NOT NULL REFERENCES users (number),
    role         INTEGER NOT NULL CHECK (role IN (0, 1, 2)),
    created      INTEGER NOT NULL,
    updated      INTEGER NOT NULL,
    UNIQUE (organization, user_number)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_organization ON memberships (organization, id);
CREATE INDEX memberships_user ON memberships (user_number, id);

-- One that was withdrawn, or expired, is deleted; one that was followed stays with who followed it.
CREATE TABLE invitations (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organization BLOB    NOT NULL REFERENCES organizations (id),
    address      TEXT    NOT NULL,
    address_key  TEXT    NOT NULL,
    role         INTEGER NOT NULL CHECK (role IN (0, 1, 2)),
    inviter      INTEGER NOT NULL REFERENCES users (number),
    digest_kind  TEXT    NOT NULL,
    digest       BLOB    NOT NULL,
    created      INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    used         INTEGER,
    used_by      INTEGER REFERENCES users (number),
    CHECK ((used IS NULL) = (used_by IS NULL))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX invitations_digest ON invitations (digest, digest_kind);
CREATE INDEX invitations_organization ON invitations (organization, id);
CREATE UNIQUE INDEX invitations_live ON invitations (organization, address_key) WHERE used IS NULL;
CREATE INDEX invitations_address ON invitations (address_key);
CREATE INDEX invitations_inviter ON invitations (inviter) WHERE used IS NULL;
CREATE INDEX invitations_used_by ON invitations (used_by) WHERE used_by IS NOT NULL;
CREATE INDEX invitations_expires ON invitations (expires) WHERE used IS NULL;

-- A key is a user's or an organization's. SQLite does not take a rule off a column: the table is made anew.
DROP INDEX api_keys_digest;
DROP INDEX api_keys_user;
DROP INDEX api_keys_standing;
ALTER TABLE api_keys RENAME TO earlier_api_keys;

CREATE TABLE api_keys (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_number  INTEGER REFERENCES users (number),
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
    organization BLOB    REFERENCES organizations (id),
    bounds       TEXT,
    CHECK ((ended IS NULL) = (end_reason IS NULL)),
    CHECK (ended IS NULL OR sealed IS NULL),
    CHECK ((user_number IS NULL) <> (organization IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO api_keys (id, user_number, door, standing, name, permissions, restrictions, digest_kind, digest, sealed,
    created, updated, expires, last_used, ended, end_reason)
SELECT id, user_number, door, standing, name, permissions, restrictions, digest_kind, digest, sealed,
    created, updated, expires, last_used, ended, end_reason
FROM earlier_api_keys;
DROP TABLE earlier_api_keys;

CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest, digest_kind);
CREATE INDEX api_keys_user ON api_keys (user_number, door, id);
CREATE UNIQUE INDEX api_keys_standing ON api_keys (user_number, door) WHERE standing = 1 AND ended IS NULL;
CREATE INDEX api_keys_organization ON api_keys (organization, door, id) WHERE organization IS NOT NULL;
