-- Who a user is to a provider: by issuer and subject, which are compared byte by byte.
CREATE TABLE external_identities (
    id          BYTEA  NOT NULL CHECK (length(id) = 16),
    user_number BIGINT NOT NULL REFERENCES users (number),
    issuer      TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL,
    created     BIGINT NOT NULL,
    CONSTRAINT external_identities_id PRIMARY KEY (id),
    CONSTRAINT external_identities_subject UNIQUE (issuer, subject)
);

CREATE INDEX external_identities_user ON external_identities (user_number, id);

-- Logins under way only: one that somebody came back to is deleted.
CREATE TABLE flows (
    id           BYTEA  NOT NULL CHECK (length(id) = 16),
    provider     TEXT   NOT NULL,
    door         TEXT   NOT NULL,
    browser_kind TEXT   NOT NULL,
    browser      BYTEA  NOT NULL,
    return_to    TEXT   NOT NULL,
    digest_kind  TEXT COLLATE "C" NOT NULL,
    digest       BYTEA  NOT NULL,
    created      BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    CONSTRAINT flows_id PRIMARY KEY (id)
);

CREATE UNIQUE INDEX flows_digest ON flows (digest, digest_kind);
CREATE INDEX flows_expires ON flows (expires);

-- A key signs from its beginning on, and is published before. One that is there began when it was made.
ALTER TABLE signing_keys ADD COLUMN begins BIGINT NOT NULL DEFAULT 0;
UPDATE signing_keys SET begins = created;
ALTER TABLE signing_keys ALTER COLUMN begins DROP DEFAULT;

CREATE INDEX signing_keys_ends ON signing_keys (ends) WHERE ends IS NOT NULL;
