-- From schema 25 to 26: internal notes are read by handlers and supervisors alone; who is named in a remark.

CREATE OR REPLACE FUNCTION moves_nothing(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN ('commented', 'confirmed', 'noted');
CREATE FUNCTION is_internal(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind = 'noted';
ALTER TABLE event DROP CONSTRAINT event_is_an_arrow,
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
        (kind = 'withdrawn' AND status_before = 'new'          AND status_after = 'closed')) IS TRUE);
DROP INDEX event_sent;
CREATE INDEX event_sent ON event (actor_id, kind, at) WHERE kind IN ('reported', 'commented', 'noted');
CREATE OR REPLACE FUNCTION limiting_event_at(person integer, sent event_kind, since timestamptz, most integer)
RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
    IF most = 0 THEN RETURN NULL; END IF;
    PERFORM lock_limits(person);
    RETURN (SELECT e.at FROM event e
            WHERE e.actor_id = person AND e.kind IN ('reported', 'commented', 'noted') AND e.at > since
              AND e.kind = ANY (CASE sent WHEN 'commented' THEN '{commented,noted}' ELSE ARRAY[sent] END)
            ORDER BY e.at DESC OFFSET most - 1 LIMIT 1);
END $$;

-- ---------------------------------------------------------------- mentions
CREATE TABLE mention (
    event_id    bigint NOT NULL,
    employee_id integer NOT NULL,
    CONSTRAINT mention_pk PRIMARY KEY (event_id, employee_id),
    CONSTRAINT mention_event_exists FOREIGN KEY (event_id) REFERENCES event (id),
    CONSTRAINT mention_employee_exists FOREIGN KEY (employee_id) REFERENCES employee (id)
);
CREATE TRIGGER mention_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mention
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ---------------------------------------------------------------- notices
CREATE OR REPLACE FUNCTION unread_notices(person employee) RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT count(*) FROM (
        SELECT FROM notice n
        WHERE n.employee_id = person.id AND n.read_at IS NULL
          AND (person.role IN ('handler', 'supervisor')
               OR ((SELECT p.store_id = person.store_id OR p.reporter_id = person.id
                    FROM problem p WHERE p.id = n.problem_id)
                   AND (SELECT NOT is_internal(e.kind) FROM event e WHERE e.id = n.event_id)))
        LIMIT 100) AS unread);
END $$;

-- ---------------------------------------------------------------- search
DROP FUNCTION indexed_words(integer, text);
CREATE FUNCTION indexed_words(month integer, sign text, content text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN array_to_tsvector(ARRAY(
        SELECT DISTINCT month || sign || form
        FROM parts_of_words(content) AS w, unnest(w.parts) WITH ORDINALITY AS p (part, place),
             unnest(left(p.part, 60) || ts_lexize('indonesian_stem', left(p.part, 60))
                    || CASE WHEN cardinality(w.parts) <= 8
                            THEN left(array_to_string(w.parts[p.place:], ''), 60) END) AS form
        WHERE form IS NOT NULL));
END $$;
CREATE OR REPLACE FUNCTION search_document(of_problem bigint) RETURNS tsvector LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT indexed_words(month_of(p.reported_at), ':', concat_ws('/', p.id, p.title, p.description, k.name, a.label,
                                                                     a.serial, left(notes.content, 100000)))
               || indexed_words(month_of(p.reported_at), ';', left(notes.internal, 100000))
               || array_to_tsvector(ARRAY[month_of(p.reported_at) || 's' || p.store_id,
                                          month_of(p.reported_at) || 'r' || p.reporter_id])
        FROM problem p JOIN asset_kind k ON k.id = p.asset_kind_id LEFT JOIN asset a ON a.id = p.asset_id
        CROSS JOIN LATERAL (SELECT string_agg(e.note, '/' ORDER BY e.id) FILTER (WHERE is_searched(e.kind)) AS content,
                                   string_agg(e.note, '/' ORDER BY e.id) FILTER (WHERE is_internal(e.kind)) AS internal
                            FROM event e WHERE e.problem_id = p.id) AS notes
        WHERE p.id = of_problem);
END $$;
CREATE FUNCTION read_by_all(document tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(ARRAY(SELECT word FROM unnest(tsvector_to_array(document)) AS word WHERE word !~ '^[0-9]+;'));
CREATE OR REPLACE FUNCTION index_notes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE a.kind = 'corrected') THEN
        UPDATE problem_search s SET words = search_document(s.problem_id)
        WHERE s.problem_id IN (SELECT a.problem_id FROM added a WHERE a.kind = 'corrected');
    END IF;
    IF NOT EXISTS (SELECT FROM added a WHERE is_searched(a.kind) OR is_internal(a.kind)) THEN RETURN NULL; END IF;
    -- A move has locked its problem. A remark locks it, too, before its document: otherwise each could wait for the
    -- other.
    PERFORM 1 FROM problem p
    WHERE p.id IN (SELECT a.problem_id FROM added a WHERE moves_nothing(a.kind)) ORDER BY p.id FOR KEY SHARE;
    UPDATE problem_search s SET words = s.words || n.words
    FROM (SELECT a.problem_id, is_internal(a.kind) AS is_internal,
                 indexed_words(month_of(p.reported_at), CASE WHEN is_internal(a.kind) THEN ';' ELSE ':' END,
                               string_agg(a.note, '/')) AS words
          FROM added a JOIN problem p ON p.id = a.problem_id
          WHERE is_searched(a.kind) OR is_internal(a.kind)
          GROUP BY a.problem_id, p.reported_at, is_internal(a.kind)) AS n
    WHERE s.problem_id = n.problem_id
      AND CASE WHEN n.is_internal THEN pg_column_size(s.words || '') < 250000
               ELSE pg_column_size(s.words || '') < 500000 OR pg_column_size(read_by_all(s.words)) < 500000 END
      AND s.words || n.words <> s.words;
    RETURN NULL;
END $$;
DROP FUNCTION search_plan(text);
DROP FUNCTION search_term(text, text);
CREATE FUNCTION search_term(sign text, word text, joined text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT concat_ws('|',
        (SELECT string_agg(format(CASE WHEN is_whole(form) THEN '''@%s%s''' ELSE '''@%s%s'':*' END, sign, form), '|')
         FROM unnest(ARRAY[word, joined]) AS form WHERE form IS NOT NULL),
        (SELECT string_agg(format('''@%s%s''', sign, stem), '|')
         FROM unnest(ts_lexize('indonesian_stem', word)) AS stem WHERE stem <> word))
$$;
CREATE FUNCTION search_plan(words text, of_notes boolean DEFAULT false) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    most integer := (SELECT 200 / greatest(count(*), 1) FROM searched_words(words));
BEGIN
    RETURN (
        WITH asked AS MATERIALIZED (
            SELECT w.word, w.joined,
                   search_term(':', w.word, w.joined)
                       || CASE WHEN of_notes THEN '|' || search_term(';', w.word, w.joined) ELSE '' END AS term,
                   search_names('store', ARRAY[w.word], most)
                       || CASE WHEN w.joined IS NULL THEN ''
                               ELSE search_names('store', ARRAY[w.joined], most) END AS stores,
                   search_names('employee', ARRAY[w.word], most)
                       || CASE WHEN w.joined IS NULL THEN ''
                               ELSE search_names('employee', ARRAY[w.joined], most) END AS people
            FROM searched_words(words) AS w
        ), several AS (
            SELECT string_agg(a.term || a.stores, '|') || search_names('employee', array_agg(a.word), 200) AS term
            FROM asked a WHERE a.people IS NULL AND a.stores IS NOT NULL AND a.joined IS NULL HAVING count(*) > 1
            UNION ALL
            SELECT string_agg(a.term || a.people, '|') || search_names('store', array_agg(a.word), 200)
            FROM asked a WHERE a.stores IS NULL AND a.people IS NOT NULL AND a.joined IS NULL HAVING count(*) > 1
        ), indexed AS (
            SELECT a.term || a.stores || a.people AS term FROM asked a UNION ALL SELECT s.term FROM several s
        )
        SELECT ARRAY[(SELECT string_agg('(' || i.term || ')', '&') FROM indexed i),
                     (SELECT string_agg('(' || a.term || ')', '&') FROM asked a
                      WHERE a.stores IS NULL OR a.people IS NULL)]);
END $$;

UPDATE installation SET schema_version = 26;
