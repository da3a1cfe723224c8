-- From schema 27 to 28: questions to the reporter ("Tanya pelapor").

CREATE OR REPLACE FUNCTION moves_nothing(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN ('commented', 'confirmed', 'asked', 'unasked', 'noted');
CREATE OR REPLACE FUNCTION is_searched(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN ('opened', 'closed', 'escalated', 'returned', 'reopened', 'commented', 'withdrawn', 'asked');

ALTER TABLE event
    DROP CONSTRAINT event_note_where_asked,
    DROP CONSTRAINT event_is_an_arrow,
    ADD CONSTRAINT event_note_where_asked
        CHECK ((kind IN ('reported', 'accepted', 'confirmed', 'corrected', 'unasked')) = (note IS NULL)),
    ADD CONSTRAINT event_is_an_arrow CHECK ((
        (kind = 'reported'  AND status_before IS NULL          AND status_after = 'new') OR
        (kind = 'opened'    AND status_before = 'new'          AND status_after = 'in_progress') OR
        (kind = 'closed'    AND status_before = 'in_progress'  AND status_after = 'closed') OR
        (kind = 'escalated' AND status_before = 'in_progress'  AND status_after = 'escalated') OR
        (kind = 'accepted'  AND status_before = 'escalated'    AND status_after = 'in_progress') OR
        (kind = 'returned'  AND status_before = 'escalated'    AND status_after = 'in_progress') OR
        (kind = 'reopened'  AND status_before = 'closed'       AND status_after = 'in_progress') OR
        (kind IN ('commented', 'noted') AND status_before = status_after) OR
        (kind = 'confirmed' AND status_before = 'closed'       AND status_after = 'closed') OR
        (kind = 'corrected' AND status_before = status_after   AND status_after <> 'closed') OR
        (kind = 'withdrawn' AND status_before = 'new'          AND status_after = 'closed') OR
        (kind = 'asked'     AND status_before = status_after   AND status_after IN ('in_progress', 'escalated')) OR
        (kind = 'unasked'   AND status_before = status_after   AND status_after IN ('in_progress', 'escalated'))
        ) IS TRUE);
DROP INDEX event_sent;
CREATE INDEX event_sent ON event (actor_id, kind, at) WHERE kind IN ('reported', 'commented', 'asked', 'noted');

-- ---------------------------------------------------------------- questions
CREATE TYPE question_ending AS ENUM ('answered', 'unasked', 'closed');
CREATE TABLE question (
    asked_event_id bigint NOT NULL,
    problem_id     bigint NOT NULL,
    asked_at       timestamptz NOT NULL,
    ended_event_id bigint,
    ended_at       timestamptz,
    ending         question_ending,
    reminded_at    timestamptz,
    CONSTRAINT question_pk PRIMARY KEY (asked_event_id),
    CONSTRAINT question_asked_event_exists FOREIGN KEY (asked_event_id) REFERENCES event (id),
    CONSTRAINT question_ended_event_exists FOREIGN KEY (ended_event_id) REFERENCES event (id),
    CONSTRAINT question_problem_exists FOREIGN KEY (problem_id) REFERENCES problem (id),
    CONSTRAINT question_ended_event_once UNIQUE (ended_event_id),
    CONSTRAINT question_ends_as_a_whole CHECK (num_nulls(ended_event_id, ended_at, ending) IN (0, 3)),
    CONSTRAINT question_ends_after_it_began CHECK (ended_event_id > asked_event_id AND ended_at >= asked_at),
    CONSTRAINT question_reminded_after_it_began CHECK (reminded_at >= asked_at)
);
CREATE UNIQUE INDEX question_one_open ON question (problem_id) WHERE ended_event_id IS NULL;
CREATE INDEX question_unanswered ON question (asked_at) WHERE ended_event_id IS NULL AND reminded_at IS NULL;

ALTER TABLE problem
    ADD COLUMN asked_event_id bigint,
    ADD CONSTRAINT problem_asked_while_handled
        CHECK (asked_event_id IS NULL OR status IN ('in_progress', 'escalated')),
    ADD CONSTRAINT problem_asked_exists FOREIGN KEY (asked_event_id) REFERENCES question (asked_event_id);
CREATE INDEX problem_asked ON problem (reported_at, id) WHERE asked_event_id IS NOT NULL;

CREATE FUNCTION end_question(ended bigint, by_event bigint, event_at timestamptz, how question_ending) RETURNS bigint
LANGUAGE plpgsql STRICT AS $$
BEGIN
    UPDATE question q SET ended_event_id = by_event, ended_at = greatest(event_at, q.asked_at), ending = how
    WHERE q.asked_event_id = ended;
    RETURN ended;
END $$;

-- ---------------------------------------------------------------- reminders
ALTER TABLE notice
    DROP CONSTRAINT notice_pk,
    ADD COLUMN reminder_id bigint,
    ADD COLUMN place bigint GENERATED ALWAYS AS (coalesce(reminder_id, event_id)) STORED,
    ADD CONSTRAINT notice_pk PRIMARY KEY (employee_id, place);

-- ---------------------------------------------------------------- limits
CREATE OR REPLACE FUNCTION limiting_event_at(person integer, sent event_kind, since timestamptz, most integer)
RETURNS timestamptz
LANGUAGE plpgsql AS $$
BEGIN
    IF most = 0 THEN RETURN NULL; END IF;
    PERFORM lock_limits(person);
    RETURN (SELECT e.at FROM event e
            WHERE e.actor_id = person AND e.kind IN ('reported', 'commented', 'asked', 'noted') AND e.at > since
              AND e.kind = ANY (CASE sent WHEN 'commented' THEN '{commented,asked,noted}' ELSE ARRAY[sent] END)
            ORDER BY e.at DESC OFFSET most - 1 LIMIT 1);
END $$;

UPDATE installation SET schema_version = 28;
