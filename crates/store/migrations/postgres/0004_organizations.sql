CREATE TABLE organizations (
    id           BYTEA  NOT NULL CHECK (length(id) = 16),
    name         TEXT COLLATE "C" NOT NULL,
    registerable BIGINT NOT NULL CHECK (registerable IN (0, 1)),
    created      BIGINT NOT NULL,
    updated      BIGINT NOT NULL,
    CONSTRAINT organizations_id PRIMARY KEY (id)
);

CREATE INDEX organizations_name ON organizations (name, id);

CREATE TABLE memberships (
    id           BYTEA  NOT NULL CHECK (length(id) = 16),
    organization BYTEA  NOT NULL REFERENCES organizations (id),
    user_number  BIGINT NOT NULL REFERENCES users (number),
    role         BIGINT NOT NULL CHECK (role IN (0, 1, 2)),
    created      BIGINT NOT NULL,
    updated      BIGINT NOT NULL,
    CONSTRAINT memberships_id PRIMARY KEY (id),
    CONSTRAINT memberships_once UNIQUE (organization, user_number)
);

CREATE INDEX memberships_organization ON memberships (organization, id);
CREATE INDEX memberships_user ON memberships (user_number, id);

-- One that was withdrawn, or expired, is deleted; one that was followed stays with who followed it.
CREATE TABLE invitations (
    id           BYTEA  NOT NULL CHECK (length(id) = 16),
    organization BYTEA  NOT NULL REFERENCES organizations (id),
    address      TEXT   NOT NULL,
    address_key  TEXT COLLATE "C" NOT NULL,
    role         BIGINT NOT NULL CHECK (role IN (0, 1, 2)),
    inviter      BIGINT NOT NULL REFERENCES users (number),
    digest_kind  TEXT COLLATE "C" NOT NULL,
    digest       BYTEA  NOT NULL,
    created      BIGINT NOT NULL,
    expires      BIGINT NOT NULL,
    used         BIGINT,
    used_by      BIGINT REFERENCES users (number),
    CONSTRAINT invitations_id PRIMARY KEY (id),
    CHECK ((used IS NULL) = (used_by IS NULL))
);

CREATE UNIQUE INDEX invitations_digest ON invitations (digest, digest_kind);
CREATE INDEX invitations_organization ON invitations (organization, id);
CREATE UNIQUE INDEX invitations_live ON invitations (organization, address_key) WHERE used IS NULL;
CREATE INDEX invitations_address ON invitations (address_key);
CREATE INDEX invitations_inviter ON invitations (inviter) WHERE used IS NULL;
CREATE INDEX invitations_used_by ON invitations (used_by) WHERE used_by IS NOT NULL;
CREATE INDEX invitations_expires ON invitations (expires) WHERE used IS NULL;

-- A key is a user's or an organization's.
ALTER TABLE api_keys ALTER COLUMN user_number DROP NOT NULL;
ALTER TABLE api_keys ADD COLUMN organization BYTEA REFERENCES organizations (id);
ALTER TABLE api_keys ADD COLUMN bounds TEXT;
ALTER TABLE api_keys ADD CHECK ((user_number IS NULL) <> (organization IS NULL));

CREATE INDEX api_keys_organization ON api_keys (organization, door, id) WHERE organization IS NOT NULL;
