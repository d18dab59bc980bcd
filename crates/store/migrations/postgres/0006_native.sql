-- The session that wants an identity linked to its user; none: somebody signs in.
ALTER TABLE flows ADD COLUMN links BYTEA;

-- Changes of address under way: one a user, over when nobody is waited for any more.
CREATE TABLE address_changes (
    user_number BIGINT NOT NULL REFERENCES users (number),
    address     TEXT   NOT NULL,
    waits_new   BIGINT NOT NULL CHECK (waits_new IN (0, 1)),
    waits_old   BIGINT NOT NULL CHECK (waits_old IN (0, 1)),
    expires     BIGINT NOT NULL,
    CHECK (waits_new + waits_old > 0),
    CONSTRAINT address_changes_user PRIMARY KEY (user_number)
);

CREATE INDEX address_changes_expires ON address_changes (expires);
