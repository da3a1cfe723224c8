-- From schema 16 to 17, second part: the new documents are searched.
DROP TABLE problem_search;
ALTER TABLE problem_search_next RENAME TO problem_search;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT c.conname FROM pg_constraint c WHERE c.conrelid = 'problem_search'::regclass LOOP
        EXECUTE format('ALTER TABLE problem_search RENAME CONSTRAINT %I TO %I', name, replace(name, '_next', ''));
    END LOOP;
END $$;
ALTER INDEX problem_search_next_words RENAME TO problem_search_words;
DROP FUNCTION search_query(integer, text);
DROP FUNCTION search_template(text);
DROP FUNCTION words_of(text);

CREATE OR REPLACE FUNCTION index_new_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO problem_search (problem_id, words) SELECT a.id, search_document(a.id) FROM added a;
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
    UPDATE problem_search s SET words = s.words || n.words
    FROM (SELECT a.problem_id, indexed_words(month_of(p.reported_at), string_agg(a.note, '/')) AS words
          FROM added a JOIN problem p ON p.id = a.problem_id
          WHERE is_searched(a.kind) GROUP BY a.problem_id, p.reported_at) AS n
    WHERE s.problem_id = n.problem_id AND pg_column_size(s.words || '') < 500000 AND s.words || n.words <> s.words;
    RETURN NULL;
END $$;
CREATE FUNCTION is_whole(word text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN length(word) = 1 OR word ~ '^[0-9]{2,3}$';
CREATE FUNCTION searched_words(words text) RETURNS TABLE (word text, joined text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT DISTINCT left(part, 60),
           CASE WHEN cardinality(w.parts) BETWEEN 2 AND 8 THEN left(array_to_string(w.parts, ''), 60) END
    FROM parts_of_words(words) AS w, unnest(w.parts) AS part
$$;
CREATE FUNCTION search_term(word text, joined text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT concat_ws('|',
        (SELECT string_agg(format(CASE WHEN is_whole(form) THEN '''@:%s''' ELSE '''@:%s'':*' END, form), '|')
         FROM unnest(ARRAY[word, joined]) AS form WHERE form IS NOT NULL),
        (SELECT string_agg(format('''@:%s''', stem), '|')
         FROM unnest(ts_lexize('indonesian_stem', word)) AS stem WHERE stem <> word))
$$;
CREATE FUNCTION search_names(of_noun text, words text[], most integer) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    longest text := (SELECT word FROM unnest(words) AS word ORDER BY is_whole(word), length(word) DESC LIMIT 1);
    from_key text := longest || CASE WHEN is_whole(longest) THEN ' ' ELSE '' END;
    to_key text := longest || CASE WHEN is_whole(longest) THEN '!' ELSE chr(1114111) END;
    patterns text[] := ARRAY(SELECT '% ' || word || CASE WHEN is_whole(word) THEN ' %' ELSE '%' END
                             FROM unnest(words) AS word WHERE word <> longest);
    enough integer := CASE WHEN patterns = '{}' THEN most + 1 ELSE 5000 END;
    entries integer;
    ids integer[];
BEGIN
    SELECT count(*), array_agg(DISTINCT k.row_id) FILTER (WHERE ' ' || k.key || ' ' LIKE ALL (patterns))
    INTO entries, ids
    FROM (SELECT s.key, s.row_id FROM search_key s
          WHERE s.noun = of_noun AND s.key >= from_key AND s.key < to_key LIMIT enough) AS k;
    IF entries = enough OR cardinality(ids) > most THEN RETURN NULL; END IF;
    RETURN coalesce((SELECT string_agg(format('|''@%s%s''', CASE of_noun WHEN 'store' THEN 's' ELSE 'r' END, id), '')
                     FROM unnest(ids) AS id), '');
END $$;
CREATE FUNCTION search_plan(words text) RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    most integer := (SELECT 200 / greatest(count(*), 1) FROM searched_words(words));
BEGIN
    RETURN (
        WITH asked AS MATERIALIZED (
            SELECT w.word, w.joined, search_term(w.word, w.joined) AS term,
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
CREATE FUNCTION search_month(condition text, month integer) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(condition, '@', month::text)::tsquery;
CREATE FUNCTION search_matches(plan text[], document tsvector, month integer, of_store integer, of_reporter integer)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF plan[2] IS NULL THEN RETURN document @@ search_month(plan[1], month); END IF;
    RETURN coalesce(document @@ search_month(plan[1], month), true) AND (
        SELECT document || array_to_tsvector(ARRAY(
                   SELECT DISTINCT month || ':' || left(word, 60)
                   FROM unnest(words_in_order(concat_ws(' ', s.code, s.name, s.city, e.nik, e.name))) AS word))
               @@ search_month(plan[2], month)
        FROM store s, employee e WHERE s.id = of_store AND e.id = of_reporter);
END $$;

-- ---------------------------------------------------------------- the number of this schema
UPDATE installation SET schema_version = 17;
