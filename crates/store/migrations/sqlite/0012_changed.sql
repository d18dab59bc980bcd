-- What a check reads and has changed since: by it each process knows what of that which it remembers is out of date. The
-- database itself writes it, so whoever changes a row, with whatever program, cannot forget to say so.
--
-- A row says that the session or key of this digest changed, or all that is of this user; or, with neither, that anything may
-- have. The newest row is never deleted, so numbers are given once and without gaps.
CREATE TABLE changed (
    number      INTEGER PRIMARY KEY,
    digest      BLOB,
    user_number INTEGER
) STRICT;

CREATE TRIGGER changed_is_short AFTER INSERT ON changed WHEN NEW.number % 64 = 0 BEGIN
    DELETE FROM changed WHERE number <= NEW.number - 4096;
END;

CREATE TRIGGER sessions_changed AFTER UPDATE ON sessions BEGIN
    INSERT INTO changed (digest) VALUES (OLD.digest);
END;
CREATE TRIGGER sessions_deleted AFTER DELETE ON sessions BEGIN
    INSERT INTO changed (digest) VALUES (OLD.digest);
END;

CREATE TRIGGER api_keys_changed AFTER UPDATE ON api_keys BEGIN
    INSERT INTO changed (digest) VALUES (OLD.digest);
END;
CREATE TRIGGER api_keys_deleted AFTER DELETE ON api_keys BEGIN
    INSERT INTO changed (digest) VALUES (OLD.digest);
END;

CREATE TRIGGER users_changed AFTER UPDATE ON users BEGIN
    INSERT INTO changed (user_number) VALUES (OLD.number);
END;
CREATE TRIGGER users_deleted AFTER DELETE ON users BEGIN
    INSERT INTO changed (user_number) VALUES (OLD.number);
END;

CREATE TRIGGER memberships_made AFTER INSERT ON memberships BEGIN
    INSERT INTO changed (user_number) VALUES (NEW.user_number);
END;
CREATE TRIGGER memberships_changed AFTER UPDATE ON memberships BEGIN
    INSERT INTO changed (user_number) VALUES (OLD.user_number), (NEW.user_number);
END;
CREATE TRIGGER memberships_deleted AFTER DELETE ON memberships BEGIN
    INSERT INTO changed (user_number) VALUES (OLD.user_number);
END;

CREATE TRIGGER organizations_changed AFTER UPDATE ON organizations BEGIN
    INSERT INTO changed (number) VALUES (NULL);
END;
CREATE TRIGGER organizations_deleted AFTER DELETE ON organizations BEGIN
    INSERT INTO changed (number) VALUES (NULL);
END;
