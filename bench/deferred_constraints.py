"""What is quicker done once for all rows than for each: put aside while a database is loaded, and put back, checked."""

from collections.abc import Iterator
from contextlib import contextmanager

from sih.dao.query import Query

# The foreign keys of what is loaded in bulk, and the index of the words. All triggers of the schema stay.
FOREIGN_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS away,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS back
FROM pg_constraint
WHERE contype = 'f' AND conrelid IN ('problem'::regclass, 'event'::regclass, 'problem_search'::regclass)
"""
WORD_INDEX = """
SELECT 'DROP INDEX problem_search_words' AS away, pg_get_indexdef('problem_search_words'::regclass) AS back
"""


@contextmanager
def put_aside(query: Query) -> Iterator[None]:
    pairs = [*query.select(FOREIGN_KEYS), *query.select(WORD_INDEX)]
    for pair in pairs:
        query.execute(pair["away"])
    yield
    for pair in pairs:
        query.execute(pair["back"])
