-- From schema 4 to 5: nothing stops it.

-- ---------------------------------------------------------------- limits of what one person may send
CREATE INDEX draft_of_employee ON draft (employee_id, created_at);
-- What one person wrote within the last minutes, for the limits.
CREATE INDEX event_sent ON event (actor_id, kind, at) WHERE kind IN ('reported', 'commented');
ALTER TABLE job
    ADD COLUMN employee_id integer,
    ADD CONSTRAINT job_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id);
-- Each locks the person first and counts then, with a snapshot of its own (VOLATILE), so that of many requests at once
-- each sees what the others have stored. The lock ends with the transaction.
CREATE FUNCTION lock_limits(person integer) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtext('sih.limits'), person)
$$;
-- When the oldest of the `most` last events of this kind was, if all of them are later than `since`: until it is older,
-- nothing more may be sent. NULL if something may.
CREATE FUNCTION limiting_event_at(person integer, sent event_kind, since timestamptz, most integer) RETURNS timestamptz
LANGUAGE plpgsql AS $$
BEGIN
    IF most = 0 THEN RETURN NULL; END IF;
    PERFORM lock_limits(person);
    RETURN (SELECT e.at FROM event e
            WHERE e.actor_id = person AND e.kind = sent AND e.kind IN ('reported', 'commented') AND e.at > since
            ORDER BY e.at DESC OFFSET most - 1 LIMIT 1);
END $$;
CREATE FUNCTION jobs_fit(person integer, most integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF most = 0 OR person IS NULL THEN RETURN true; END IF;
    PERFORM lock_limits(person);
    RETURN (SELECT count(*) < most FROM job j
            WHERE j.employee_id = person AND j.state IN ('waiting', 'running'));
END $$;
CREATE FUNCTION draft_fits(person integer, since timestamptz, most integer, size bigint, most_bytes bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF most = 0 THEN RETURN true; END IF;
    PERFORM lock_limits(person);
    RETURN (SELECT count(*) < most AND coalesce(sum(octet_length(d.fields)), 0) + size <= most_bytes
            FROM draft d WHERE d.employee_id = person AND d.created_at >= since);
END $$;

-- ---------------------------------------------------------------- sessions and sign-in
CREATE TABLE last_sign_in (
    employee_id integer NOT NULL,
    at          timestamptz NOT NULL,
    address     text NOT NULL,
    browser     text NOT NULL,
    CONSTRAINT last_sign_in_pk PRIMARY KEY (employee_id),
    CONSTRAINT last_sign_in_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
INSERT INTO last_sign_in (employee_id, at, address, browser)
SELECT DISTINCT ON (employee_id) employee_id, started_at, address, browser FROM session
ORDER BY employee_id, started_at DESC;
-- The cookies until now do not name their session's row, so everybody signs in once more.
DELETE FROM session;
ALTER TABLE session ADD COLUMN seen_at timestamptz NOT NULL, ADD COLUMN has_weak_pin boolean NOT NULL;
CREATE UNLOGGED TABLE wrong_pin (
    at timestamptz NOT NULL
);
CREATE INDEX wrong_pin_at ON wrong_pin (at);

-- ---------------------------------------------------------------- keys and security events

-- ---------------------------------------------------------------- the database
-- A month that has ended: from then on nothing is recorded into it any more (see record_event). It ends in a moment, for
-- which those who write wait; closing it takes its time, beside them.
CREATE TABLE ended_month (
    month   integer NOT NULL,
    ends_at timestamptz NOT NULL,
    CONSTRAINT ended_month_pk PRIMARY KEY (month)
);
INSERT INTO ended_month (month, ends_at) SELECT month, ends_at FROM closed_month;
ALTER TABLE closed_month ADD CONSTRAINT closed_month_has_ended FOREIGN KEY (month) REFERENCES ended_month (month);
CREATE TRIGGER ended_month_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ended_month
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- What is written while a month is being ended waits, and what comes after that is recorded after it: so a closed month
-- stays what it is, whichever process was slow.
CREATE OR REPLACE FUNCTION record_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('sih.close_months'));
    NEW.recorded_at := greatest(NEW.recorded_at, (SELECT max(m.ends_at) FROM ended_month m));
    RETURN NEW;
END $$;
-- Machines whose clock differs from this server's, by how much, and when that was last seen, by the server's clock: their
-- workers close no month.
CREATE TABLE wrong_clock (
    machine text NOT NULL,
    ahead   interval NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT wrong_clock_pk PRIMARY KEY (machine),
    CONSTRAINT wrong_clock_machine_length CHECK (length(machine) BETWEEN 1 AND 255)
);

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
