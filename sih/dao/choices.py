"""The options of select fields: the active rows of master data, one statement a list."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sih.dao.query import Query
from sih.dao.small_masters import SmallMasters, small_masters
from sih.dao.throttles import IS_ALARMED, alarm_params
from sih.domain.periods import Period
from sih.domain.records import AssetChoice, Choice

FOR_LIST = f"""
SELECT 'store' AS sort, s.id, s.name FROM store s WHERE s.code = %(store_code)s
UNION ALL
SELECT 'news', %(month)s, ''
WHERE %(supervisor_id)s IS NOT NULL
  AND EXISTS (SELECT FROM event e WHERE e.kind = 'reported' AND e.at >= %(since)s AND e.at < %(until)s)
  AND NOT EXISTS (SELECT FROM recap_notice n WHERE n.month = %(month)s AND n.employee_id = %(supervisor_id)s)
UNION ALL
SELECT 'alarm', 0, '' WHERE {IS_ALARMED}
UNION ALL
SELECT 'former', d.id, '' FROM division d
WHERE d.id = ANY (%(former)s)
  AND EXISTS (SELECT FROM problem p
              WHERE p.holder_division_id = d.id AND p.status IN ('new', 'in_progress', 'escalated'))
"""

ASSETS = """
SELECT a.id, a.kind_id, k.name AS kind, a.label, a.serial
FROM asset a JOIN asset_kind k ON k.id = a.kind_id
WHERE a.store_id = %(store_id)s AND NOT a.is_retired
ORDER BY k.name, a.label
"""

HELPDESK = "SELECT d.id FROM division d WHERE d.is_helpdesk"

# The open load of a division d: all its open problems, with or without a PIC, from the kept counts.
LOAD = """(SELECT coalesce(sum(k.amount), 0)::integer
        FROM (SELECT t.amount FROM tally t
              WHERE t.store_id = 0 AND t.division_id = d.id AND t.status <> 'closed'
              UNION ALL
              SELECT c.amount FROM tally_change c WHERE c.division_id = d.id AND c.status <> 'closed') AS k)"""
DIVISIONS = f"""
SELECT d.id, d.name, d.parent_id,
       {LOAD} AS load
FROM division d LEFT JOIN division above ON above.id = d.parent_id
WHERE d.is_active AND above.is_active IS NOT FALSE
ORDER BY d.name
"""

PICS = """
SELECT e.id, e.name, e.division_id AS parent_id,
       (SELECT count(*)::integer FROM problem p
        WHERE p.holder_employee_id = e.id AND p.status <> 'closed') AS load
FROM employee e
WHERE e.department_id = %(department_id)s AND e.role = 'handler' AND NOT e.is_frozen
ORDER BY e.name
"""

# PICs who can take over from a PIC: those of the same division, the same department first.
COLLEAGUES = """
SELECT e.id, e.name, e.division_id AS parent_id,
       (SELECT count(*)::integer FROM problem p
        WHERE p.holder_employee_id = e.id AND p.status <> 'closed') AS load
FROM employee gone JOIN employee e ON e.division_id = gone.division_id AND e.id <> gone.id
WHERE gone.id = %(employee_id)s AND e.role = 'handler' AND NOT e.is_frozen AND e.department_id IS NOT NULL
ORDER BY e.department_id = gone.department_id DESC, e.name
"""


@dataclass(frozen=True, slots=True)
class ForList:
    divisions: tuple[Choice, ...]  # options of the filter
    former: tuple[Choice, ...]  # further options: inactive divisions with open problems
    groups: tuple[tuple[Choice, tuple[Choice, ...]], ...]  # both, below the top-level divisions
    store: Choice | None  # the store with the requested code
    is_news: bool  # the month has problems, and this supervisor has neither opened nor dismissed its recap
    is_alarmed: bool  # too many wrong PINs in the whole company


class Choices:
    def __init__(self, query: Query, version: UUID | None = None) -> None:
        """`version`: of small master data, as read with the signed-in person; None: they are read again."""
        self._query, self._version = query, version

    def for_list(
        self, store_code: str, month: Period, now: datetime, supervisor_id: int | None = None, alarm_limit: int = 0
    ) -> ForList:
        """What the page of the list needs besides the problems. `supervisor_id` None: no news; `alarm_limit` 0: no
        alarm."""
        period = {"month": month.number, "since": month.starts_at, "until": month.ends_at}
        whose = {"store_code": store_code, "supervisor_id": supervisor_id}
        params = {**whose, **period, **alarm_params(now, alarm_limit)}
        is_needed = store_code or supervisor_id or alarm_limit
        params["former"] = [division.id for division in self._small.former_divisions] or [0]
        rows = self._query.select(FOR_LIST, params) if is_needed or self._small.former_divisions else []
        of = {row["sort"]: row for row in rows}
        with_open = {row["id"] for row in rows if row["sort"] == "former"}
        former = tuple(division for division in self._small.former_divisions if division.id in with_open)
        store = Choice(of["store"]["id"], of["store"]["name"]) if "store" in of else None
        return ForList(self._small.divisions, former, self._groups(former), store, "news" in of, "alarm" in of)

    def _groups(self, former: tuple[Choice, ...]) -> tuple[tuple[Choice, tuple[Choice, ...]], ...]:
        """Each top-level division with what is chosen of it: its sub-divisions; itself where it has none that are
        active, or is a former one where something is open."""
        groups = []
        for top in (*self._small.divisions, *self._small.former_divisions):
            active = [one for one in self._small.divisions if one.parent_id == top.id]
            is_chosen = top in former or (top in self._small.divisions and not active)
            chosen = ([top] if is_chosen else []) + active + [one for one in former if one.parent_id == top.id]
            groups += [(top, tuple(chosen))] if chosen and not top.parent_id else []
        return tuple(sorted(groups, key=lambda group: group[0].name))

    def categories(self) -> tuple[Choice, ...]:
        return self._small.categories

    def assets(self, store_id: int) -> list[AssetChoice]:
        """The assets in use at this store, ordered by kind."""
        return self._query.select(ASSETS, {"store_id": store_id}, AssetChoice)

    def asset_kinds(self) -> tuple[Choice, ...]:
        return self._small.asset_kinds

    def divisions(self) -> list[Choice]:
        """All active divisions with their open load; parent_id of a sub-division is its division."""
        return self._query.select(DIVISIONS, None, Choice)

    def helpdesk_id(self) -> int:
        return self._query.one(HELPDESK)["id"]

    def departments(self) -> tuple[Choice, ...]:
        """All active departments; parent_id is the division."""
        return self._small.departments

    def pics(self, department_id: int) -> list[Choice]:
        """The PICs of a department with their open load; parent_id is the division."""
        return self._query.select(PICS, {"department_id": department_id}, Choice)

    def colleagues(self, employee_id: int) -> list[Choice]:
        """The PICs who can take over from this one, with their open load; parent_id is the division."""
        return self._query.select(COLLEAGUES, {"employee_id": employee_id}, Choice)

    @property
    def _small(self) -> SmallMasters:
        return small_masters(self._query, self._version)
