"""Counts what depends on a store, a division or a category, for the warning before it is deactivated by hand or by a
file."""

from dataclasses import dataclass

from sih.dao.query import Query

# Dependents of a division also count for its parent. Only open problems count.
_BELOW = {"store": "b.id = n.id", "division": "n.id IN (b.id, b.parent_id)", "category": "b.id = n.id"}
_PEOPLE = {"store": "e.store_id = b.id", "division": "e.division_id = b.id", "category": "false"}
_PROBLEMS = {
    "store": "p.store_id = b.id",
    "division": "p.holder_division_id = b.id",
    "category": "p.category_id = b.id",
}
_COUNTED = """
SELECT k.id, sum(k.people)::integer AS people, sum(k.problems)::integer AS problems
FROM (SELECT n.id, count(*) AS people, 0 AS problems
      FROM {noun} n JOIN {noun} b ON {below} JOIN employee e ON {people} AND NOT e.is_frozen
      WHERE n.id = ANY (%(ids)s) GROUP BY n.id
      UNION ALL
      SELECT n.id, 0, count(*)
      FROM {noun} n JOIN {noun} b ON {below}
      JOIN problem p ON {problems} AND p.status IN ('new', 'in_progress', 'escalated')
      WHERE n.id = ANY (%(ids)s) GROUP BY n.id) AS k
GROUP BY k.id
"""
# Of all rows that an import deactivates; each dependent counts once.
_OF_IMPORT = """
WITH closed AS (
    SELECT DISTINCT b.id
    FROM import_change c JOIN {noun} n ON n.id = (c.facts->>'id')::integer JOIN {noun} b ON {below}
    WHERE c.import_id = %(import_id)s AND c.kind IN ('change', 'deactivate')
      AND c.changes->'active' = '["yes", "no"]'
)
SELECT (SELECT count(*) FROM closed b JOIN employee e ON {people} AND NOT e.is_frozen) AS people,
       (SELECT count(*) FROM closed b
        JOIN problem p ON {problems} AND p.status IN ('new', 'in_progress', 'escalated')) AS problems
"""


def _of_each(statement: str) -> dict[str, str]:
    return {
        noun: statement.format(noun=noun, below=_BELOW[noun], people=_PEOPLE[noun], problems=_PROBLEMS[noun])
        for noun in _BELOW
    }


COUNTED, OF_IMPORT = _of_each(_COUNTED), _of_each(_OF_IMPORT)
NOUNS = tuple(COUNTED)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Employees who may sign in, and open problems."""

    people: int = 0
    problems: int = 0


class Dependents:
    def __init__(self, query: Query) -> None:
        self._query = query

    def of(self, noun: str, ids: list[int]) -> dict[int, Amounts]:
        """{id: dependents} of these rows; empty for a noun that has no dependents."""
        if noun not in COUNTED or not ids:
            return {}
        rows = self._query.select(COUNTED[noun], {"ids": ids})
        return dict.fromkeys(ids, Amounts()) | {row["id"]: Amounts(row["people"], row["problems"]) for row in rows}

    def of_import(self, noun: str, import_id: int) -> Amounts:
        """The dependents of all rows that this import deactivates."""
        if noun not in OF_IMPORT:
            return Amounts()
        row = self._query.one(OF_IMPORT[noun], {"import_id": import_id})
        return Amounts(row["people"], row["problems"])
