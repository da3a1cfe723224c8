-- From schema 23 to 24, first part: what was reported is corrected, or withdrawn. The conditions are validated by the
-- second part, in a transaction of its own, while others read and write.
DO $step$
BEGIN
IF EXISTS (SELECT FROM pg_constraint c WHERE c.conname = 'event_corrects_something') THEN RETURN; END IF;
ALTER TABLE problem
    ADD COLUMN is_withdrawn boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT problem_identified_once_opened,
    DROP CONSTRAINT problem_new_waits_at_no_person,
    DROP CONSTRAINT problem_solved_when_closed,
    DROP CONSTRAINT problem_confirmed_only_closed,
    ADD CONSTRAINT problem_identified_once_opened CHECK (
        CASE WHEN status = 'new' OR is_withdrawn THEN num_nonnulls(priority, category_id, diagnosis) = 0
             ELSE num_nonnulls(priority, category_id, diagnosis) = 3 END) NOT VALID,
    ADD CONSTRAINT problem_new_waits_at_no_person
        CHECK ((status <> 'new' AND NOT is_withdrawn) OR holder_employee_id IS NULL) NOT VALID,
    ADD CONSTRAINT problem_solved_when_closed CHECK (
        (status = 'closed') = (closed_at IS NOT NULL)
        AND (status <> 'closed' OR (solution IS NULL) = is_withdrawn)) NOT VALID,
    ADD CONSTRAINT problem_withdrawn_is_closed CHECK (NOT is_withdrawn OR status = 'closed') NOT VALID,
    ADD CONSTRAINT problem_confirmed_only_closed
        CHECK (confirmed_at IS NULL OR (status = 'closed' AND NOT is_withdrawn)) NOT VALID;
ALTER TABLE event
    ADD COLUMN correction jsonb,
    ADD COLUMN from_asset_kind_id integer,
    DROP CONSTRAINT event_note_where_asked,
    DROP CONSTRAINT event_is_an_arrow,
    ADD CONSTRAINT event_from_asset_kind_exists
        FOREIGN KEY (from_asset_kind_id) REFERENCES asset_kind (id) NOT VALID,
    ADD CONSTRAINT event_note_where_asked
        CHECK ((kind IN ('reported', 'accepted', 'confirmed', 'corrected')) = (note IS NULL)) NOT VALID,
    ADD CONSTRAINT event_corrects_something CHECK (
        num_nonnulls(correction, from_asset_kind_id) = CASE WHEN kind = 'corrected' THEN 2 ELSE 0 END
        AND correction <> '{}') NOT VALID,
    ADD CONSTRAINT event_corrects_texts_while_new CHECK (
        status_before = 'new' OR NOT correction ?| '{title,description}'::text[]) NOT VALID,
    ADD CONSTRAINT event_is_an_arrow CHECK ((
        (kind = 'reported'  AND status_before IS NULL          AND status_after = 'new') OR
        (kind = 'opened'    AND status_before = 'new'          AND status_after = 'in_progress') OR
        (kind = 'closed'    AND status_before = 'in_progress'  AND status_after = 'closed') OR
        (kind = 'escalated' AND status_before = 'in_progress'  AND status_after = 'escalated') OR
        (kind = 'accepted'  AND status_before = 'escalated'    AND status_after = 'in_progress') OR
        (kind = 'returned'  AND status_before = 'escalated'    AND status_after = 'in_progress') OR
        (kind = 'reopened'  AND status_before = 'closed'       AND status_after = 'in_progress') OR
        (kind = 'commented' AND status_before = status_after) OR
        (kind = 'confirmed' AND status_before = 'closed'       AND status_after = 'closed') OR
        (kind = 'corrected' AND status_before = status_after   AND status_after <> 'closed') OR
        (kind = 'withdrawn' AND status_before = 'new'          AND status_after = 'closed')) IS TRUE) NOT VALID;
PERFORM set_config('sih.altered', 'yes', true);
END $step$;

-- One row the first time, which ends this transaction; none the second time.
UPDATE installation SET schema_version = 23 WHERE current_setting('sih.altered', true) = 'yes'
