-- Where somebody has signed in from: by a keyed digest of user and network.
CREATE TABLE known_places (
    place       BYTEA  NOT NULL,
    user_number BIGINT NOT NULL REFERENCES users (number),
    seen        BIGINT NOT NULL,
    CONSTRAINT known_places_place PRIMARY KEY (place)
);
CREATE INDEX known_places_user ON known_places (user_number);
CREATE INDEX known_places_seen ON known_places (seen);

-- A known place has a count of its own, and a count a number that no time makes begin anew.
ALTER TABLE throttles DROP CONSTRAINT throttles_bucket_kind_check;
ALTER TABLE throttles ADD CONSTRAINT throttles_bucket_kind_check CHECK (bucket_kind IN ('user', 'name', 'place'));
ALTER TABLE throttles ADD COLUMN in_a_row BIGINT NOT NULL DEFAULT 0 CHECK (in_a_row >= 0);
UPDATE throttles SET in_a_row = failures;
ALTER TABLE throttles ALTER COLUMN in_a_row DROP DEFAULT;
