-- From schema 4 to 5: nothing stops it.

-- ---------------------------------------------------------------- limits of what one person may send

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

-- ---------------------------------------------------------------- background work

-- ---------------------------------------------------------------- the number of this schema
UPDATE installation SET schema_version = 5;
