-- Refused requests, for those who are told an id. Each rule has so many rows, and of them each network so many.
CREATE TABLE refusals (
    id       TEXT   COLLATE "C" NOT NULL,
    at       BIGINT NOT NULL,
    request  BYTEA  NOT NULL,
    door     TEXT,
    method   TEXT   NOT NULL,
    route    TEXT   NOT NULL,
    status   BIGINT NOT NULL,
    outcome  TEXT   NOT NULL,
    rule     TEXT   COLLATE "C" NOT NULL,
    seen     TEXT   NOT NULL,
    wanted   TEXT   NOT NULL,
    observed TEXT   NOT NULL,
    address  TEXT   NOT NULL,
    network  BYTEA  NOT NULL,
    CONSTRAINT refusals_id PRIMARY KEY (id)
);
CREATE INDEX refusals_rule ON refusals (rule, at, id);
CREATE INDEX refusals_network ON refusals (rule, network, at, id);
CREATE INDEX refusals_at ON refusals (at);

-- How many had no room.
CREATE TABLE refusals_left_out (
    rule    TEXT   COLLATE "C" NOT NULL,
    counted BIGINT NOT NULL,
    since   BIGINT NOT NULL,
    latest  BIGINT NOT NULL,
    CONSTRAINT refusals_left_out_rule PRIMARY KEY (rule)
);
CREATE INDEX refusals_left_out_latest ON refusals_left_out (latest);
