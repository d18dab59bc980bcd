-- Refused requests, for those who are told an id. Each rule has so many rows, and of them each network so many.
CREATE TABLE refusals (
    id       TEXT    NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    request  BLOB    NOT NULL,
    door     TEXT,
    method   TEXT    NOT NULL,
    route    TEXT    NOT NULL,
    status   INTEGER NOT NULL,
    outcome  TEXT    NOT NULL,
    rule     TEXT    NOT NULL,
    seen     TEXT    NOT NULL,
    wanted   TEXT    NOT NULL,
    observed TEXT    NOT NULL,
    address  TEXT    NOT NULL,
    network  BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refusals_rule ON refusals (rule, at, id);
CREATE INDEX refusals_network ON refusals (rule, network, at, id);
CREATE INDEX refusals_at ON refusals (at);

-- How many had no room.
CREATE TABLE refusals_left_out (
    rule    TEXT    NOT NULL PRIMARY KEY,
    counted INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    latest  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refusals_left_out_latest ON refusals_left_out (latest);
