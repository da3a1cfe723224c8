-- From schema 20 to 21: notices, and who follows a problem. Earlier events give none.

CREATE TABLE follow (
    problem_id  bigint NOT NULL,
    employee_id integer NOT NULL,
    CONSTRAINT follow_pk PRIMARY KEY (problem_id, employee_id),
    CONSTRAINT follow_problem_exists FOREIGN KEY (problem_id) REFERENCES problem (id),
    CONSTRAINT follow_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE TABLE notice (
    employee_id integer NOT NULL,
    event_id    bigint NOT NULL,
    problem_id  bigint NOT NULL,                -- of the event; without a foreign key, which would lock its row
    at          timestamptz NOT NULL,           -- of the event; a notice is kept for 90 days
    read_at     timestamptz,
    CONSTRAINT notice_pk PRIMARY KEY (employee_id, event_id),
    CONSTRAINT notice_event_exists FOREIGN KEY (event_id) REFERENCES event (id),
    CONSTRAINT notice_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT notice_read_after_event CHECK (read_at >= at)
);
CREATE INDEX notice_unread ON notice (employee_id, problem_id) WHERE read_at IS NULL;
CREATE INDEX notice_age ON notice (at);

CREATE FUNCTION unread_notices(person employee) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM notice n
        WHERE n.employee_id = person.id AND n.read_at IS NULL
          AND (person.role IN ('handler', 'supervisor')
               OR (SELECT p.store_id = person.store_id OR p.reporter_id = person.id
                   FROM problem p WHERE p.id = n.problem_id))
        LIMIT 100) AS unread);
END $$;
CREATE FUNCTION waiting_problems(person employee) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF person.role <> 'handler' THEN
        RETURN 0;
    END IF;
    RETURN (SELECT least(count(*), 1000) FROM (
        (SELECT FROM problem p WHERE p.status <> 'closed' AND p.holder_employee_id = person.id LIMIT 1000)
        UNION ALL
        (SELECT FROM problem p
         WHERE p.status <> 'closed' AND p.holder_employee_id IS NULL AND p.holder_division_id = person.division_id
         LIMIT 1000)) AS waits);
END $$;

UPDATE installation SET schema_version = 21;
