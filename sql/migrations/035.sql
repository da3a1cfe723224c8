-- From schema 34 to 35: how long problems usually take; the weaker rule for descriptions is checked beside those who report.
ALTER TABLE problem VALIDATE CONSTRAINT problem_description_length;

CREATE TABLE usual_duration (
    category_id integer NOT NULL,
    division_id integer NOT NULL,       -- that closed them
    shortest    integer NOT NULL,       -- seconds at this division; the middle 80 % lie between both
    longest     integer NOT NULL,
    cases       integer NOT NULL,
    reckoned_at timestamptz NOT NULL,
    CONSTRAINT usual_duration_pk PRIMARY KEY (category_id, division_id),
    CONSTRAINT usual_duration_category_exists FOREIGN KEY (category_id) REFERENCES category (id),
    CONSTRAINT usual_duration_division_exists FOREIGN KEY (division_id) REFERENCES division (id),
    CONSTRAINT usual_duration_is_a_range CHECK (shortest <= longest)
);
CREATE TRIGGER usual_duration_renews_version AFTER INSERT OR DELETE ON usual_duration
    FOR EACH STATEMENT EXECUTE FUNCTION renew_small_masters_version();

UPDATE installation SET schema_version = 35;
