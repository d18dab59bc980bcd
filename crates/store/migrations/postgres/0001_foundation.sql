-- Times are milliseconds since the epoch, UTC; ids are the sixteen bytes of a UUIDv7; flags are 0 and 1.
-- Texts in indexes are compared byte by byte: the order of a language's rules changes with the system's library.

CREATE TABLE users (
    number               BIGINT GENERATED ALWAYS AS IDENTITY,
    id                   BYTEA  NOT NULL CHECK (length(id) = 16),
    username             TEXT,
    email                TEXT,
    email_verified       BIGINT NOT NULL CHECK (email_verified IN (0, 1)),
    name                 TEXT   NOT NULL,
    role                 TEXT   NOT NULL CHECK (role IN ('root', 'admin', 'user', 'sub')),
    status               TEXT   NOT NULL CHECK (status IN ('pending', 'active', 'suspended')),
    password_hash        TEXT,
    must_change_password BIGINT NOT NULL CHECK (must_change_password IN (0, 1)),
    credential_version   BIGINT NOT NULL,
    created              BIGINT NOT NULL,
    last_sign_in         BIGINT,
    deleted              BIGINT,
    CONSTRAINT users_number PRIMARY KEY (number),
    CONSTRAINT users_id UNIQUE (id),
    CHECK (deleted IS NOT NULL OR username IS NOT NULL OR email IS NOT NULL)
);

-- One namespace: a username and an e-mail address each claim their normalised key here.
CREATE TABLE login_names (
    key         TEXT COLLATE "C" NOT NULL,
    user_number BIGINT NOT NULL REFERENCES users (number),
    CONSTRAINT login_names_key PRIMARY KEY (key)
);

CREATE INDEX login_names_user ON login_names (user_number);

-- Keyed digests of the names of deleted users, which are not given out again.
CREATE TABLE retired_names (
    digest BYTEA NOT NULL,
    CONSTRAINT retired_names_digest PRIMARY KEY (digest)
);

CREATE TABLE sessions (
    id           BYTEA  NOT NULL CHECK (length(id) = 16),
    user_number  BIGINT NOT NULL REFERENCES users (number),
    door         TEXT   NOT NULL,
    digest_kind  TEXT COLLATE "C" NOT NULL,
    digest       BYTEA  NOT NULL,
    created      BIGINT NOT NULL,
    last_seen    BIGINT NOT NULL,
    idle_end     BIGINT,
    absolute_end BIGINT,
    ended        BIGINT,
    end_reason   TEXT,
    address      TEXT   NOT NULL,
    user_agent   TEXT   NOT NULL,
    CONSTRAINT sessions_id PRIMARY KEY (id),
    CHECK ((ended IS NULL) = (end_reason IS NULL))
);

CREATE UNIQUE INDEX sessions_digest ON sessions (digest, digest_kind);
CREATE INDEX sessions_user ON sessions (user_number, id);
-- A user may have ten thousand ended sessions and three live ones.
CREATE INDEX sessions_user_live ON sessions (user_number, id) WHERE ended IS NULL;

-- Failures in a row, by user number ('user') or by the keyed digest of a name that nobody has ('name').
CREATE TABLE throttles (
    bucket_kind     TEXT COLLATE "C" NOT NULL CHECK (bucket_kind IN ('user', 'name')),
    bucket          BYTEA  NOT NULL,
    failures        BIGINT NOT NULL CHECK (failures >= 0),
    in_flight       BIGINT NOT NULL CHECK (in_flight >= 0),
    in_flight_until BIGINT NOT NULL,
    last_failure    BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    CONSTRAINT throttles_bucket PRIMARY KEY (bucket_kind, bucket)
);

CREATE TABLE audit_events (
    number     BIGINT GENERATED ALWAYS AS IDENTITY,
    at         BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    user_id    BYTEA,
    actor      TEXT   NOT NULL,
    door       TEXT,
    session_id BYTEA,
    address    TEXT   NOT NULL,
    request    BYTEA  NOT NULL,
    detail     TEXT   NOT NULL,
    CONSTRAINT audit_events_number PRIMARY KEY (number)
);

-- Tells whether a process has the master key this database was made with.
CREATE TABLE master_key (
    only_row    BIGINT NOT NULL CHECK (only_row = 1),
    check_value BYTEA  NOT NULL,
    CONSTRAINT master_key_only_row PRIMARY KEY (only_row)
);
