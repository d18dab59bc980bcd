-- Where somebody has signed in from: by a keyed digest of user and network.
CREATE TABLE known_places (
    place       BLOB    NOT NULL PRIMARY KEY,
    user_number INTEGER NOT NULL REFERENCES users (number),
    seen        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX known_places_user ON known_places (user_number);
CREATE INDEX known_places_seen ON known_places (seen);

-- A known place has a count of its own, and a count a number that no time makes begin anew.
ALTER TABLE throttles RENAME TO throttles_before;
CREATE TABLE throttles (
    bucket_kind     TEXT    NOT NULL CHECK (bucket_kind IN ('user', 'name', 'place')),
    bucket          BLOB    NOT NULL,
    failures        INTEGER NOT NULL CHECK (failures >= 0),
    in_flight       INTEGER NOT NULL CHECK (in_flight >= 0),
    in_flight_until INTEGER NOT NULL,
    last_failure    INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    in_a_row        INTEGER NOT NULL CHECK (in_a_row >= 0),
    PRIMARY KEY (bucket_kind, bucket)
) STRICT, WITHOUT ROWID;
INSERT INTO throttles (bucket_kind, bucket, failures, in_flight, in_flight_until, last_failure, version, in_a_row)
SELECT bucket_kind, bucket, failures, in_flight, in_flight_until, last_failure, version, failures
FROM throttles_before;
DROP TABLE throttles_before;
