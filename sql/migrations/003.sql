-- From schema 2 to 3.

-- What leads the walk is not looked for once more: the planner takes each such pattern for one that almost nothing
-- fits, and would sort every Siti there is rather than walk to the end of a page.
CREATE OR REPLACE FUNCTION search_patterns(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg('% ' || word || '%'), '{}') FROM unnest(words_in_order(words)) AS word
    WHERE word <> search_word(words)
$$;

UPDATE installation SET schema_version = 3;
