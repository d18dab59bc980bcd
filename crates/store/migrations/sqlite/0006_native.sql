-- The session that wants an identity linked to its user; none: somebody signs in.
ALTER TABLE flows ADD COLUMN links BLOB;

-- Changes of address under way: one a user, over when nobody is waited for any more.
CREATE TABLE address_changes (
    user_number INTEGER NOT NULL PRIMARY KEY REFERENCES users (number),
    address     TEXT    NOT NULL,
    waits_new   INTEGER NOT NULL CHECK (waits_new IN (0, 1)),
    waits_old   INTEGER NOT NULL CHECK (waits_old IN (0, 1)),
    expires     INTEGER NOT NULL,
    CHECK (waits_new + waits_old > 0)
) STRICT;

CREATE INDEX address_changes_expires ON address_changes (expires);
