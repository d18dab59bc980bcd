-- An operator invites without being a user here, and a message may be about nobody who has an account. A message that
-- leads to our own page says so: there the code shows that mail at the address is read.
ALTER TABLE invitations ALTER COLUMN inviter DROP NOT NULL;
ALTER TABLE invitations ADD COLUMN at_page BIGINT NOT NULL DEFAULT 0 CHECK (at_page IN (0, 1));
ALTER TABLE mail_queue ALTER COLUMN user_number DROP NOT NULL;
