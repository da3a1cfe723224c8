-- From schema 35 to 36: a search of master data reads the range of its rarest word, no longer that of its longest; new
-- problems have an index in the order of waiting.

DROP FUNCTION search_patterns(text);
DROP FUNCTION search_word(text);
-- The word of a search that determines the range: the one that begins fewest keys, which are counted up to 1000; of
-- equals the longest. All words must occur. A name may have a thousand bearers, its store's code has few.
CREATE FUNCTION search_word(of_noun text, words text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (
        SELECT w.word
        FROM (SELECT DISTINCT word COLLATE "C" AS word, length(word) AS length FROM unnest(words_in_order(words)) AS word
              ORDER BY length DESC, word LIMIT 8) AS w
        CROSS JOIN LATERAL (
            SELECT count(*) FROM (
                SELECT FROM search_key k
                WHERE k.noun = of_noun AND k.key >= w.word AND k.key < w.word || chr(1114111) LIMIT 1000) AS begun
        ) AS counted (keys)
        ORDER BY counted.keys, w.length DESC, w.word LIMIT 1);
END $$;
-- Patterns for the other words of a search. The word of the range is left out: the planner assumes that each pattern
-- matches almost nothing, and would sort all matches instead of reading one page from the index.
CREATE FUNCTION search_patterns(words text, word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg('% ' || other || '%'), '{}') FROM unnest(words_in_order(words)) AS other
    WHERE other <> word
$$;

-- The orders of the list read new problems in order, too.
CREATE INDEX problem_waits_new ON problem (held_since, id) WHERE closed_at IS NULL AND priority IS NULL;

UPDATE installation SET schema_version = 36;
