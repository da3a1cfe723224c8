-- From schema 4 to 5: nothing stops it.

-- ---------------------------------------------------------------- limits of what one person may send

-- ---------------------------------------------------------------- sessions and sign-in

-- ---------------------------------------------------------------- keys and security events

-- ---------------------------------------------------------------- the database

-- ---------------------------------------------------------------- background work
ALTER TABLE job ADD COLUMN claims integer NOT NULL DEFAULT 0;
ALTER TABLE outbox
    ADD COLUMN leased_until timestamptz,
    ADD COLUMN failed_at timestamptz,
    ADD CONSTRAINT outbox_sent_or_failed CHECK (sent_at IS NULL OR failed_at IS NULL);
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (run_at) WHERE sent_at IS NULL AND failed_at IS NULL;

-- ---------------------------------------------------------------- the number of this schema
UPDATE installation SET schema_version = 5;
