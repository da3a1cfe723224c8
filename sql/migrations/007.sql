-- From schema 6 to 7: a function for each expression that was repeated, and vacuum for large tables.

CREATE FUNCTION moves_nothing(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN ('commented', 'confirmed');

-- ---------------------------------------------------------------- problem
CREATE OR REPLACE FUNCTION index_new_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO problem_search (problem_id, words)
    SELECT p.id, indexed_words(month_of(p.reported_at),
                               concat_ws(' ', p.id, p.title, p.description, k.name, a.label, a.serial))
    FROM added p JOIN asset_kind k ON k.id = p.asset_kind_id LEFT JOIN asset a ON a.id = p.asset_id;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION count_new_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_change (store_id, division_id, year, status, amount)
    SELECT store_id, holder_division_id, month_of(reported_at) / 100, status, count(*) FROM added GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION count_moved_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tally_change (store_id, division_id, year, status, amount)
    SELECT store_id, holder_division_id, month_of(reported_at) / 100, status, sum(amount)
    FROM (SELECT store_id, holder_division_id, reported_at, status, -1 AS amount FROM before
          UNION ALL SELECT store_id, holder_division_id, reported_at, status, 1 FROM after) AS move
    GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0;
    RETURN NULL;
END $$;
-- Dropped, because the expression of a stored column cannot become a call of month_of() without the whole table being
-- written anew, and no index holds the column.
ALTER TABLE problem DROP COLUMN month;
-- A division and a priority together are read along problem_holder.
DROP INDEX problem_holder_priority;
ALTER TABLE problem SET (autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE figure SET (autovacuum_vacuum_scale_factor = 0.01);

-- ---------------------------------------------------------------- event
-- The same conditions in other words: the next step validates them while others read and write.
ALTER TABLE event
    DROP CONSTRAINT event_stands_where,
    DROP CONSTRAINT event_states_form_a_chain,
    ADD CONSTRAINT event_stands_where CHECK (
        num_nulls(recorded_at, reported_at, held_since, store_id, asset_kind_id)
        = CASE WHEN moves_nothing(kind) THEN 5 ELSE 0 END) NOT VALID,
    ADD CONSTRAINT event_states_form_a_chain CHECK (
        (previous_event_id IS NULL) = (kind = 'reported' OR moves_nothing(kind))) NOT VALID;
CREATE OR REPLACE TRIGGER event_is_recorded BEFORE INSERT ON event FOR EACH ROW
    WHEN (NOT moves_nothing(NEW.kind)) EXECUTE FUNCTION record_event();
CREATE OR REPLACE FUNCTION queue_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO recap_pending (event_id) SELECT a.id FROM added a WHERE NOT moves_nothing(a.kind);
    RETURN NULL;
END $$;

UPDATE installation SET schema_version = 7;
