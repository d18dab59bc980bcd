-- Who did it, beside to whom it was done, and the order in which the trail is read and forgotten. A login writes to the
-- first two indexes, of which the first grows at its end; nobody is recognised yet, so the third is not touched.
ALTER TABLE audit_events ADD COLUMN by_user BYTEA;
CREATE INDEX audit_events_at ON audit_events (at, number);
CREATE INDEX audit_events_user ON audit_events (user_id, at, number) WHERE user_id IS NOT NULL;
CREATE INDEX audit_events_by ON audit_events (by_user, at, number) WHERE by_user IS NOT NULL;
