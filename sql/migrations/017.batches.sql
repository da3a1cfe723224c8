-- From schema 16 to 17, first part: the documents of the search are written anew beside the old ones, a thousand problems
-- at a time, from the newest on. The first time also makes what they need, and the triggers that write of each new
-- report and note into both.
DO $step$
DECLARE app text;
BEGIN
IF to_regclass('problem_search_next') IS NOT NULL THEN RETURN; END IF;
-- Whoever is writing now does so before the triggers.
LOCK TABLE problem, event IN SHARE ROW EXCLUSIVE MODE;

CREATE FUNCTION is_searched(kind event_kind) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN ('opened', 'closed', 'escalated', 'returned', 'reopened', 'commented');
CREATE FUNCTION parts_of_words(content text) RETURNS TABLE (parts text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT array_remove(string_to_array(word, '-'), '')
    FROM regexp_split_to_table(regexp_replace(translate(lower(content), '‐‑‒–−', '-----'),
                                              '\m([0-9]+)[[:space:]-]+(?=[0-9]+\M)', '\1-', 'g'), '[^[:alnum:]-]+') AS word
    WHERE word ~ '[^-]'
$$;
CREATE OR REPLACE FUNCTION indexed_words(month integer, content text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN array_to_tsvector(ARRAY(
        SELECT DISTINCT month || ':' || form
        FROM parts_of_words(content) AS w, unnest(w.parts) WITH ORDINALITY AS p (part, place),
             unnest(left(p.part, 60) || ts_lexize('indonesian_stem', left(p.part, 60))
                    || CASE WHEN cardinality(w.parts) <= 8
                            THEN left(array_to_string(w.parts[p.place:], ''), 60) END) AS form
        WHERE form IS NOT NULL));
END $$;
CREATE FUNCTION search_document(of_problem bigint) RETURNS tsvector LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT indexed_words(month_of(p.reported_at), concat_ws('/', p.id, p.title, p.description, k.name, a.label,
                                                                a.serial, left(notes.content, 100000)))
               || array_to_tsvector(ARRAY[month_of(p.reported_at) || 's' || p.store_id,
                                          month_of(p.reported_at) || 'r' || p.reporter_id])
        FROM problem p JOIN asset_kind k ON k.id = p.asset_kind_id LEFT JOIN asset a ON a.id = p.asset_id
        CROSS JOIN LATERAL (SELECT string_agg(e.note, '/' ORDER BY e.id) AS content FROM event e
                            WHERE e.problem_id = p.id AND is_searched(e.kind)) AS notes
        WHERE p.id = of_problem);
END $$;

CREATE TABLE problem_search_next (
    problem_id bigint NOT NULL,
    words      tsvector NOT NULL,
    CONSTRAINT problem_search_next_pk PRIMARY KEY (problem_id),
    CONSTRAINT problem_search_next_problem_exists FOREIGN KEY (problem_id) REFERENCES problem (id)
);
CREATE INDEX problem_search_next_words ON problem_search_next USING gin (words) WITH (fastupdate = off);
CREATE TABLE word_count (
    word     text COLLATE "C" NOT NULL,
    problems smallint NOT NULL,
    CONSTRAINT word_count_pk PRIMARY KEY (word),
    CONSTRAINT word_count_up_to_20 CHECK (problems BETWEEN 1 AND 20)
);
CREATE TABLE word_trigram (
    trigram text COLLATE "C" NOT NULL,
    word    text COLLATE "C" NOT NULL,
    CONSTRAINT word_trigram_pk PRIMARY KEY (trigram, word),
    CONSTRAINT word_trigram_word_exists FOREIGN KEY (word) REFERENCES word_count (word)
);
CREATE FUNCTION trigrams_of(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT DISTINCT substr('  ' || word || ' ', place, 3) FROM generate_series(1, length(word) + 1) AS place);
CREATE FUNCTION countable_words(content text) RETURNS TABLE (word text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT part FROM parts_of_words(content) AS w, unnest(w.parts) AS part
    WHERE part ~ '^[[:alpha:]][[:alnum:]]{2,29}$'
$$;
CREATE FUNCTION count_words(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH found AS (
        SELECT w.word, least(count(*), 20) AS problems
        FROM problem p, countable_words(p.title || '/' || p.description) AS w
        WHERE p.id = ANY (ids) AND NOT EXISTS (SELECT FROM word_count c WHERE c.word = w.word AND c.problems = 20)
        GROUP BY w.word
    ), counted AS (
        INSERT INTO word_count AS c (word, problems) SELECT f.word, f.problems FROM found f ORDER BY f.word
        ON CONFLICT (word) DO UPDATE SET problems = least(c.problems + excluded.problems, 20)
        RETURNING c.word, c.problems
    )
    INSERT INTO word_trigram (trigram, word)
    SELECT trigram, c.word FROM counted c, unnest(trigrams_of(c.word)) AS trigram WHERE c.problems = 20
    ON CONFLICT DO NOTHING;
END $$;
CREATE OR REPLACE FUNCTION index_new_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO problem_search (problem_id, words)
    SELECT p.id, indexed_words(month_of(p.reported_at),
                               concat_ws('/', p.id, p.title, p.description, k.name, a.label, a.serial))
    FROM added p JOIN asset_kind k ON k.id = p.asset_kind_id LEFT JOIN asset a ON a.id = p.asset_id;
    INSERT INTO problem_search_next (problem_id, words) SELECT a.id, search_document(a.id) FROM added a;
    PERFORM count_words(ARRAY(SELECT a.id FROM added a));
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION index_notes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM added a WHERE a.note IS NOT NULL AND is_searched(a.kind)) THEN RETURN NULL; END IF;
    -- A move has locked its problem. A remark locks it, too, before its document: otherwise each could wait for the
    -- other.
    PERFORM 1 FROM problem p
    WHERE p.id IN (SELECT a.problem_id FROM added a WHERE moves_nothing(a.kind)) ORDER BY p.id FOR KEY SHARE;
    UPDATE problem_search_next s SET words = s.words || n.words
    FROM (SELECT a.problem_id, indexed_words(month_of(p.reported_at), string_agg(a.note, '/')) AS words
          FROM added a JOIN problem p ON p.id = a.problem_id
          WHERE is_searched(a.kind) GROUP BY a.problem_id, p.reported_at) AS n
    WHERE s.problem_id = n.problem_id AND pg_column_size(s.words || '') < 500000 AND s.words || n.words <> s.words;
    RETURN NULL;
END $$;
CREATE TRIGGER event_is_indexed AFTER INSERT ON event
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION index_notes();
-- The application goes on reporting.
FOR app IN
    SELECT DISTINCT g.grantee FROM information_schema.role_table_grants g
    WHERE g.table_schema = 'public' AND g.table_name = 'problem_search' AND g.grantee <> current_user
LOOP
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON problem_search_next, word_count, word_trigram TO %I', app);
END LOOP;
END $step$;

-- A note that comes meanwhile waits for this batch, and finds the document.
SELECT p.id FROM problem p
WHERE p.id < coalesce((SELECT min(n.problem_id) FROM problem_search_next n), 9223372036854775807)
ORDER BY p.id DESC LIMIT 1000 FOR UPDATE;

SELECT count_words(ARRAY(
    SELECT p.id FROM problem p
    WHERE p.id < coalesce((SELECT min(n.problem_id) FROM problem_search_next n), 9223372036854775807)
    ORDER BY p.id DESC LIMIT 1000));

INSERT INTO problem_search_next (problem_id, words)
SELECT p.id, search_document(p.id) FROM problem p
WHERE p.id < coalesce((SELECT min(n.problem_id) FROM problem_search_next n), 9223372036854775807)
ORDER BY p.id DESC LIMIT 1000
