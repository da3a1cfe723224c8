"""Beban Kerja: the open problems of a division or PIC, by age, and those that wait longest."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sih.dao import problem_lists as lists
from sih.dao.choices import LOAD
from sih.dao.query import Query
from sih.dao.recap.figure_lists import age_bounds, end_of
from sih.dao.small_masters import add_names
from sih.domain.periods import AGES, Period
from sih.domain.records import Choice, ProblemSummary

LONGEST = 10

# An inactive division is included while it has open problems. PICs are returned without load.
PLACES = f"""
SELECT k.sort, k.id, k.name, k.parent_id, k.load
FROM (SELECT 'division' AS sort, d.id, d.name, d.parent_id, d.is_active, {LOAD} AS load
      FROM division d
      WHERE %(id)s IS NULL OR d.id = %(id)s OR d.parent_id = %(id)s
         OR d.id = (SELECT b.parent_id FROM division b WHERE b.id = %(id)s)
      UNION ALL
      SELECT 'pic', e.id, e.name || ' (' || m.name || ')', NULL, true, 0
      FROM department m JOIN employee e ON e.department_id = m.id
      WHERE m.division_id = %(id)s AND %(with_pics)s AND NOT e.is_frozen) AS k
WHERE k.is_active OR k.load > 0 OR k.id = %(id)s
ORDER BY k.name, k.id
"""

# A PIC belongs to a department, or holds or has held a problem by name: whoever escalated or closed one has held it.
PIC = """
SELECT e.id, e.nik, e.name, e.division_id, d.name AS division, m.name AS department
FROM employee e
LEFT JOIN division d ON d.id = e.division_id
LEFT JOIN department m ON m.id = e.department_id
WHERE e.id = %(id)s
  AND (e.department_id IS NOT NULL
       OR EXISTS (SELECT FROM problem p WHERE p.holder_employee_id = e.id AND p.status <> 'closed')
       OR EXISTS (SELECT FROM event f WHERE f.from_employee_id = e.id))
"""

# By age group, the oldest being 0. The statement for divisions needs only indexes, not the rows of the table.
OPEN = {
    "division": """
SELECT width_bucket(p.reported_at, %(bounds)s::timestamptz[]) AS place, count(*) AS amount,
       (SELECT count(*) FROM problem w
        WHERE w.status <> 'closed' AND w.holder_employee_id IS NULL AND w.holder_division_id = %(value)s) AS unnamed
FROM problem p
WHERE p.status IN ('new', 'in_progress', 'escalated') AND p.holder_division_id = %(value)s
GROUP BY 1
""",
    "pic": """
SELECT width_bucket(p.reported_at, %(bounds)s::timestamptz[]) AS place, count(*) AS amount, 0 AS unnamed
FROM problem p
WHERE p.status <> 'closed' AND p.holder_employee_id = %(value)s
GROUP BY 1
""",
}

_OPEN = "p.status <> 'closed' AND p.closed_at IS NULL"  # both, because the indexes state the same condition differently
_FIRST = f"""SELECT {lists.ROW} FROM problem p
    WHERE {_OPEN} AND p.{{holder}} = %(value)s
    ORDER BY p.held_since, p.id LIMIT %(limit)s"""
WAITS_LONGEST = {
    dimension: lists.named(_FIRST.format(holder=holder), order="page.held_since, page.id")
    for dimension, holder in (("division", "holder_division_id"), ("pic", "holder_employee_id"))
}


@dataclass
class Places:
    """Divisions ordered by name, and the PICs of the requested one."""

    divisions: list[Choice] = field(default_factory=list)
    pics: list[Choice] = field(default_factory=list)

    def division(self, division_id: int | None) -> Choice | None:
        return next((one for one in self.divisions if one.id == division_id), None)

    def total(self, division: Choice) -> int:
        """Its open load with that of its sub-divisions: what the list and its page both say."""
        return (division.load or 0) + sum(one.load or 0 for one in self.below(division.id))

    def below(self, division_id: int) -> list[Choice]:
        return [one for one in self.divisions if one.parent_id == division_id]


@dataclass(frozen=True)
class Open:
    """The number of open problems in each age group (sih/domain/periods.py: AGES), and of those without a PIC."""

    ages: list[int]
    unnamed: int

    @property
    def total(self) -> int:
        return sum(self.ages)


class Loads:
    def __init__(self, query: Query, version: UUID | None = None) -> None:
        """`version`: as in Choices."""
        self._query, self._version = query, version

    def places(self, division_id: int | None = None, with_pics: bool = False) -> Places:
        """All divisions with their open load; with `division_id` only this one, its parent and its sub-divisions, and
        with `with_pics` its PICs."""
        places = Places()
        for row in self._query.select(PLACES, {"id": division_id, "with_pics": with_pics}):
            found = places.divisions if row["sort"] == "division" else places.pics
            found.append(Choice(row["id"], row["name"], row["parent_id"], row["load"]))
        return places

    def pic(self, employee_id: int) -> dict | None:
        """A current or former PIC: id, nik, name, division_id, division, department. None for other people."""
        return self._query.one_or_none(PIC, {"id": employee_id})

    def open(self, dimension: str, value: int, month: Period, now: datetime) -> Open:
        """The open problems of this division or PIC by age; `month`: the current month."""
        end, youngest_last = end_of(month, now), range(len(AGES) - 1, -1, -1)
        bounds = [age_bounds(end, place)[0] for place in youngest_last]
        rows = self._query.select(OPEN[dimension], {"value": value, "bounds": bounds})
        by_place = {len(AGES) - row["place"]: row["amount"] for row in rows}
        ages = [by_place.get(place, 0) for place in range(len(AGES) + 1)]
        return Open(ages, rows[0]["unnamed"] if rows else 0)

    def waits_longest(self, dimension: str, value: int) -> list[ProblemSummary]:
        rows = self._query.select(WAITS_LONGEST[dimension], {"value": value, "limit": LONGEST}, ProblemSummary)
        add_names(self._query, self._version, rows, lists.NAMES)
        return rows
