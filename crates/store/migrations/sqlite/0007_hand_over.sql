-- Of a login at our own page: where the door wants the browser back, and who was handed over.
ALTER TABLE flows ADD COLUMN callback TEXT;
ALTER TABLE flows ADD COLUMN handed_to INTEGER REFERENCES users (number);
ALTER TABLE flows ADD COLUMN handed_version INTEGER CHECK ((handed_version IS NULL) = (handed_to IS NULL));
