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

-- ---------------------------------------------------------------- keys and security events

-- ---------------------------------------------------------------- the database

-- ---------------------------------------------------------------- background work

-- ---------------------------------------------------------------- the number of this schema
UPDATE installation SET schema_version = 5;
