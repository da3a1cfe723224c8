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

UPDATE installation SET schema_version = 21;
