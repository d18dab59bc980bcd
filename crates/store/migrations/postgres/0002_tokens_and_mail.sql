-- A name told in two parts keeps them; whom a user belongs to; when something of a user was last changed.
ALTER TABLE users ADD COLUMN given_name TEXT;
ALTER TABLE users ADD COLUMN family_name TEXT CHECK ((given_name IS NULL) = (family_name IS NULL));
ALTER TABLE users ADD COLUMN parent BIGINT REFERENCES users (number);
ALTER TABLE users ADD COLUMN updated BIGINT NOT NULL DEFAULT 0;
UPDATE users SET updated = created;
ALTER TABLE users ALTER COLUMN updated DROP DEFAULT;
-- Users are listed in the order of these, which is one on every engine and in every locale: byte by byte.
ALTER TABLE users ALTER COLUMN username TYPE TEXT COLLATE "C";
ALTER TABLE users ALTER COLUMN email TYPE TEXT COLLATE "C";
ALTER TABLE users ALTER COLUMN status TYPE TEXT COLLATE "C";

CREATE INDEX users_parent ON users (parent) WHERE parent IS NOT NULL;

-- What a session may do of what its owner may, as words; and the key that its token is signed with, which may be gone.
ALTER TABLE sessions ADD COLUMN permissions TEXT;
ALTER TABLE sessions ADD COLUMN signing_key BYTEA;

CREATE INDEX sessions_signing_key ON sessions (signing_key) WHERE signing_key IS NOT NULL;

CREATE TABLE api_keys (
    id           BYTEA  NOT NULL CHECK (length(id) = 16),
    user_number  BIGINT NOT NULL REFERENCES users (number),
    door         TEXT COLLATE "C" NOT NULL,
    standing     BIGINT NOT NULL CHECK (standing IN (0, 1)),
    name         TEXT   NOT NULL,
    permissions  TEXT   NOT NULL,
    restrictions TEXT   NOT NULL,
    digest_kind  TEXT COLLATE "C" NOT NULL,
    digest       BYTEA  NOT NULL,
    sealed       BYTEA,
    created      BIGINT NOT NULL,
    updated      BIGINT NOT NULL,
    expires      BIGINT,
    last_used    BIGINT,
    ended        BIGINT,
    end_reason   TEXT,
    CONSTRAINT api_keys_id PRIMARY KEY (id),
    CHECK ((ended IS NULL) = (end_reason IS NULL)),
    CHECK (ended IS NULL OR sealed IS NULL)
);

CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest, digest_kind);
CREATE INDEX api_keys_user ON api_keys (user_number, door, id);
CREATE UNIQUE INDEX api_keys_standing ON api_keys (user_number, door) WHERE standing = 1 AND ended IS NULL;

-- Live ones only: a ticket that was used or has ended is deleted.
CREATE TABLE tickets (
    id            BYTEA  NOT NULL CHECK (length(id) = 16),
    user_number   BIGINT NOT NULL REFERENCES users (number),
    purpose       TEXT   NOT NULL,
    address       TEXT   NOT NULL,
    password_hash TEXT,
    digest_kind   TEXT COLLATE "C" NOT NULL,
    digest        BYTEA  NOT NULL,
    signing_key   BYTEA  NOT NULL CHECK (length(signing_key) = 16),
    created       BIGINT NOT NULL,
    expires       BIGINT NOT NULL,
    CONSTRAINT tickets_id PRIMARY KEY (id)
);

CREATE UNIQUE INDEX tickets_digest ON tickets (digest, digest_kind);
CREATE INDEX tickets_user ON tickets (user_number);
CREATE INDEX tickets_signing_key ON tickets (signing_key);
CREATE INDEX tickets_expires ON tickets (expires);

-- Of each use one signs; the others are accepted until they end.
CREATE TABLE signing_keys (
    id        BYTEA  NOT NULL CHECK (length(id) = 16),
    key_use   TEXT COLLATE "C" NOT NULL,
    algorithm TEXT   NOT NULL,
    sealed    BYTEA  NOT NULL,
    created   BIGINT NOT NULL,
    ends      BIGINT,
    CONSTRAINT signing_keys_id PRIMARY KEY (id)
);

CREATE INDEX signing_keys_use ON signing_keys (key_use, id);
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (key_use) WHERE ends IS NULL;

-- A message has its content until it was sent or given up; the rest is counted until it is forgotten.
CREATE TABLE mail_queue (
    id            BYTEA  NOT NULL CHECK (length(id) = 16),
    user_number   BIGINT NOT NULL REFERENCES users (number),
    kind          TEXT COLLATE "C" NOT NULL,
    sealed        BYTEA,
    created       BIGINT NOT NULL,
    due           BIGINT NOT NULL,
    tries         BIGINT NOT NULL CHECK (tries >= 0),
    claimed_until BIGINT NOT NULL,
    sent          BIGINT,
    failed        BIGINT,
    CONSTRAINT mail_queue_id PRIMARY KEY (id),
    CHECK (sent IS NULL OR failed IS NULL),
    CHECK ((sealed IS NULL) = (sent IS NOT NULL OR failed IS NOT NULL))
);

CREATE INDEX mail_queue_due ON mail_queue (due, id) WHERE sealed IS NOT NULL;
CREATE INDEX mail_queue_user ON mail_queue (user_number, kind, created);
CREATE INDEX mail_queue_sent ON mail_queue (sent) WHERE sent IS NOT NULL;
CREATE INDEX mail_queue_failed ON mail_queue (failed) WHERE failed IS NOT NULL;
