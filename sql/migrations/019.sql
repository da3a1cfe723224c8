-- From schema 18 to 19: saved views of the list, who has a problem open, and a switch of the single keys.

ALTER TABLE employee
    ADD COLUMN has_keys boolean NOT NULL DEFAULT true,
    ADD COLUMN default_view_id integer;
CREATE OR REPLACE FUNCTION audited(facts jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT facts - '{id,version,state,level,parent_level}'::text[]
                 - '{pin_hash,session_version,language,theme,has_keys,default_view_id}'::text[]
$$;

-- ---------------------------------------------------------------- saved views
CREATE TABLE saved_view (
    id          integer GENERATED ALWAYS AS IDENTITY,
    employee_id integer,
    division_id integer,
    name        text NOT NULL,
    filters     text NOT NULL,                  -- a query string of the list, without its position
    version     integer NOT NULL DEFAULT 1,     -- number of the change; a form sends the version that its page showed
    CONSTRAINT saved_view_pk PRIMARY KEY (id),
    CONSTRAINT saved_view_one_owner CHECK (num_nonnulls(employee_id, division_id) = 1),
    CONSTRAINT saved_view_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id),
    CONSTRAINT saved_view_division_exists FOREIGN KEY (division_id) REFERENCES division (id),
    CONSTRAINT saved_view_name_once UNIQUE NULLS NOT DISTINCT (employee_id, division_id, name),
    CONSTRAINT saved_view_name_length CHECK (length(name) BETWEEN 1 AND 40),
    CONSTRAINT saved_view_filters_length CHECK (length(filters) BETWEEN 1 AND 2000)
);
CREATE INDEX saved_view_of_division ON saved_view (division_id) WHERE division_id IS NOT NULL;
ALTER TABLE employee ADD CONSTRAINT employee_default_view_exists
    FOREIGN KEY (default_view_id) REFERENCES saved_view (id) ON DELETE SET NULL;
CREATE INDEX employee_default_view ON employee (default_view_id) WHERE default_view_id IS NOT NULL;
CREATE FUNCTION saved_view_fits(person integer, division integer, most integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('sih.saved_views'), coalesce(person, -division));
    RETURN (SELECT count(*) < most FROM saved_view v WHERE v.employee_id = person OR v.division_id = division);
END $$;

-- ---------------------------------------------------------------- presence
CREATE UNLOGGED TABLE presence (
    employee_id integer NOT NULL,
    problem_id  bigint NOT NULL,
    seen_at     timestamptz NOT NULL,
    CONSTRAINT presence_pk PRIMARY KEY (employee_id),
    CONSTRAINT presence_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE INDEX presence_of_problem ON presence (problem_id);

UPDATE installation SET schema_version = 19;
