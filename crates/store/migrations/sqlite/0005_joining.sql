-- Where whoever comes back from a provider wants to belong: an organization, an invitation's digest.
ALTER TABLE flows ADD COLUMN organization BLOB CHECK (length(organization) = 16);
ALTER TABLE flows ADD COLUMN invitation_kind TEXT;
ALTER TABLE flows ADD COLUMN invitation BLOB CHECK ((invitation IS NULL) = (invitation_kind IS NULL));
