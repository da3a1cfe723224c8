"""Foreign keys and the index of the words: dropped while a database is bulk-loaded, then created again, which checks
all rows at once. That is faster than row by row."""

from collections.abc import Iterator
from contextlib import contextmanager

from sih.dao.query import Query

# Of the tables that are loaded in bulk. All triggers of the schema stay on.
FOREIGN_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS dropping,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS creating
FROM pg_constraint
WHERE contype = 'f' AND conrelid IN ('problem'::regclass, 'event'::regclass, 'problem_search'::regclass)
"""
WORD_INDEX = """
SELECT 'DROP INDEX problem_search_words' AS dropping, pg_get_indexdef('problem_search_words'::regclass) AS creating
"""


@contextmanager
def deferred_constraints(query: Query) -> Iterator[None]:
    pairs = [*query.select(FOREIGN_KEYS), *query.select(WORD_INDEX)]
    for pair in pairs:
        query.execute(pair["dropping"])
    yield
    for pair in pairs:
        query.execute(pair["creating"])
