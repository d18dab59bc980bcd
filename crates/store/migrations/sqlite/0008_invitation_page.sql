-- An operator invites without being a user here, and a message may be about nobody who has an account. A message that
-- leads to our own page says so: there the code shows that mail at the address is read. SQLite does not take a rule off a
-- column: the tables are made anew.
DROP INDEX invitations_digest;
DROP INDEX invitations_organization;
DROP INDEX invitations_live;
DROP INDEX invitations_address;
DROP INDEX invitations_inviter;
DROP INDEX invitations_used_by;
DROP INDEX invitations_expires;
ALTER TABLE invitations RENAME TO earlier_invitations;

CREATE TABLE invitations (
    id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organization BLOB    NOT NULL REFERENCES organizations (id),
    address      TEXT    NOT NULL,
    address_key  TEXT    NOT NULL,
    role         INTEGER NOT NULL CHECK (role IN (0, 1, 2)),
    inviter      INTEGER REFERENCES users (number),
    digest_kind  TEXT    NOT NULL,
    digest       BLOB    NOT NULL,
    created      INTEGER NOT NULL,
    expires      INTEGER NOT NULL,
    used         INTEGER,
    used_by      INTEGER REFERENCES users (number),
    at_page      INTEGER NOT NULL DEFAULT 0 CHECK (at_page IN (0, 1)),
    CHECK ((used IS NULL) = (used_by IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO invitations (id, organization, address, address_key, role, inviter, digest_kind, digest, created, expires,
    used, used_by)
SELECT id, organization, address, address_key, role, inviter, digest_kind, digest, created, expires, used, used_by
FROM earlier_invitations;
DROP TABLE earlier_invitations;

CREATE UNIQUE INDEX invitations_digest ON invitations (digest, digest_kind);
CREATE INDEX invitations_organization ON invitations (organization, id);
CREATE UNIQUE INDEX invitations_live ON invitations (organization, address_key) WHERE used IS NULL;
CREATE INDEX invitations_address ON invitations (address_key);
CREATE INDEX invitations_inviter ON invitations (inviter) WHERE used IS NULL;
CREATE INDEX invitations_used_by ON invitations (used_by) WHERE used_by IS NOT NULL;
CREATE INDEX invitations_expires ON invitations (expires) WHERE used IS NULL;

DROP INDEX mail_queue_due;
DROP INDEX mail_queue_user;
DROP INDEX mail_queue_sent;
DROP INDEX mail_queue_failed;
ALTER TABLE mail_queue RENAME TO earlier_mail_queue;

CREATE TABLE mail_queue (
    id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_number   INTEGER REFERENCES users (number),
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

INSERT INTO mail_queue (id, user_number, kind, sealed, created, due, tries, claimed_until, sent, failed)
SELECT id, user_number, kind, sealed, created, due, tries, claimed_until, sent, failed FROM earlier_mail_queue;
DROP TABLE earlier_mail_queue;

CREATE INDEX mail_queue_due ON mail_queue (due, id) WHERE sealed IS NOT NULL;
CREATE INDEX mail_queue_user ON mail_queue (user_number, kind, created);
CREATE INDEX mail_queue_sent ON mail_queue (sent) WHERE sent IS NOT NULL;
CREATE INDEX mail_queue_failed ON mail_queue (failed) WHERE failed IS NOT NULL;
