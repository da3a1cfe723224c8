-- From schema 33 to 34: the draft of a report, kept while it is typed.

CREATE TABLE report_draft (
    employee_id integer NOT NULL,
    token       uuid NOT NULL,          -- of the form; the problem made of it has the same
    fields      text NOT NULL,
    saved_at    timestamptz NOT NULL,
    CONSTRAINT report_draft_pk PRIMARY KEY (employee_id),
    CONSTRAINT report_draft_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT report_draft_length CHECK (octet_length(fields) <= 100000)
);
CREATE INDEX report_draft_age ON report_draft (saved_at);

UPDATE installation SET schema_version = 34;
