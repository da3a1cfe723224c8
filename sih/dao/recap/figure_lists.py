"""Lists the problems that a figure of the recap counts, by the same conditions as the figure (sql/schema.sql,
"recap")."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sih.dao import problem_lists as lists
from sih.dao.query import Query
from sih.dao.recap.closing import OPEN_AT
from sih.dao.recap.figures import DIMENSIONS
from sih.dao.small_masters import add_names
from sih.domain.clock import COMPANY_ZONE
from sih.domain.periods import AGES, Figure, Period
from sih.domain.records import ProblemSummary
from sih.domain.vocabulary import FLOWS, SHARES

LAST_NUMBER = 2**63 - 1


def _is_of(conditions: dict[str, str]) -> str:
    """The condition that a row has the given value of the given dimension."""
    return "\n        AND ".join(f"(%({name})s IS NULL OR {condition})" for name, condition in conditions.items())


def _either(dimension: str, column: str, value: str) -> str:
    """Compares a column with a value; value 0 means NULL. The column is compared without coalesce(), since PostgreSQL
    has statistics of columns and not of expressions."""
    return f"({column} = {value} OR (%({dimension})s = 0 AND {column} IS NULL))"


def _its(t: str) -> dict[str, str]:
    """The dimensions that have the same column in events and in problems."""
    return {
        "store": f"{t}.store_id = %(store)s",
        "category": _either("category", f"{t}.category_id", "%(category)s"),
        "asset_kind": f"{t}.asset_kind_id = %(asset_kind)s",
        "priority": _either("priority", f"{t}.priority", "(enum_range(NULL::problem_priority))[%(priority)s]"),
    }


def _from(e: str) -> str:
    """The holder when an event happened; of a report the division that received it, and its kind as corrected."""
    kind = f"""CASE WHEN {e}.kind = 'reported' THEN coalesce((
            SELECT c.asset_kind_id FROM event c
            WHERE c.problem_id = {e}.problem_id AND c.kind = 'corrected' AND c.recorded_at < %(known)s
            ORDER BY c.id DESC LIMIT 1), {e}.asset_kind_id) ELSE {e}.asset_kind_id END = %(asset_kind)s"""
    received = f"({e}.from_division_id IS NULL AND {e}.to_division_id = %(division)s)"
    holder = {
        "division": f"({e}.from_division_id = %(division)s OR {received})",
        "department": f"{e}.from_department_id = %(department)s",
        "pic": f"{e}.from_employee_id = %(pic)s",
    }
    return _is_of(holder | _its(e) | {"asset_kind": kind})


def _to(e: str) -> str:
    """The holder after an event."""
    holder = {
        "division": f"{e}.to_division_id = %(division)s",
        "department": f"{e}.to_department_id = %(department)s",
        "pic": f"{e}.to_employee_id = %(pic)s",
    }
    return _is_of(holder | _its(e))


def _follows(e: str) -> str:
    """The condition that the problem had an event of the kind `after`, if one is given, before this event."""
    return f"""(%(after)s IS NULL OR EXISTS (
            SELECT FROM event b WHERE b.problem_id = {e}.problem_id AND b.kind = %(after)s AND b.id < {e}.id))"""


_HELD = _is_of(
    {
        "division": "p.holder_division_id = %(division)s",
        "department": "(SELECT e.to_department_id FROM event e WHERE e.id = p.last_event_id) = %(department)s",
        "pic": "p.holder_employee_id = %(pic)s",
    }
    | _its("p")
)

# Each problem once, at its first recorded event that counts; newest first. Stores are compared with the problem's own.
# A closing counts in a share after an event of the kind `after`.
_FLOW = f"""
SELECT e.problem_id, e.at AS counted_at, e.id AS counted_id FROM event e{{door}}
     WHERE e.kind = %(kind)s AND e.at >= %(since)s AND e.at < %(until)s AND e.recorded_at < %(known)s
        AND (e.at, e.id) < (%(after_at)s, %(after_id)s) AND {_from("e")} AND {_follows("e")}
        AND NOT EXISTS (SELECT FROM event f
            WHERE f.problem_id = e.problem_id AND f.kind = e.kind AND f.id < e.id
              AND f.at >= %(since)s AND f.at < %(until)s AND f.recorded_at < %(known)s AND {_from("f")}
              AND {_follows("f")})
     ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s"""
_COUNTED = f"""SELECT {lists.ROW}, n.counted_at, n.counted_id
FROM ({{counted}}) AS n JOIN problem p ON p.id = n.problem_id"""
_AS_COUNTED = {"order": "page.counted_at DESC, page.counted_id DESC", "more": ", page.counted_at, page.counted_id"}
_OF_STORE = "\n     JOIN problem q ON q.id = e.problem_id AND q.store_id = %(store)s"
FLOW = lists.named(_COUNTED.format(counted=_FLOW.format(door="")), **_AS_COUNTED)
FLOW_OF_STORE = lists.named(_COUNTED.format(counted=_FLOW.format(door=_OF_STORE)), **_AS_COUNTED)

# Open problems at the end of a month, by id: as stored or, until the month is closed, from the events. OFFSET 0 makes
# PostgreSQL look up the event and problem of each one by one; otherwise it scans all events for a rare value, and all
# problems for a small month.
_AS_REPORTED = ", page.reported_at AS counted_at, page.id AS counted_id"
_WAS_OPEN = f"""e.reported_at >= %(oldest)s AND e.reported_at < %(youngest)s AND {_to("e")}"""
OPEN_AT_END_THEN = lists.named(
    f"""SELECT {lists.ROW} FROM (
     (SELECT s.problem_id FROM open_at_month_end s
      CROSS JOIN LATERAL (SELECT FROM event e WHERE e.id = s.event_id AND {_WAS_OPEN} OFFSET 0) AS e
      WHERE s.month = %(month)s AND s.problem_id < %(below)s ORDER BY s.problem_id DESC LIMIT %(limit)s)
     UNION ALL
     (SELECT e.problem_id FROM ({OPEN_AT}) AS e
      WHERE NOT EXISTS (SELECT FROM closed_month m WHERE m.month = %(month)s)
        AND e.problem_id < %(below)s AND {_WAS_OPEN} ORDER BY e.problem_id DESC LIMIT %(limit)s)) AS was_open
     CROSS JOIN LATERAL (SELECT o.* FROM problem o WHERE o.id = was_open.problem_id OFFSET 0) AS p""",
    order="page.id DESC",
    more=_AS_REPORTED,
)

_NOW = f"""(SELECT {lists.ROW} FROM problem p
     WHERE p.status = '{{status}}' AND (p.reported_at, p.id) < (%(after_at)s, %(after_id)s)
        AND p.reported_at >= %(oldest)s AND p.reported_at < %(youngest)s AND {_HELD}
     ORDER BY p.reported_at DESC, p.id DESC LIMIT %(limit)s)"""
OPEN_AT_END_NOW = lists.named(
    "\n    UNION ALL\n    ".join(_NOW.format(status=status) for status in ("new", "in_progress", "escalated")),
    more=_AS_REPORTED,
)

# Every problem that a flow of the period counts, newest first.
COUNTED = f"""
SELECT e.problem_id AS id, array_agg(DISTINCT e.kind::text) AS figures
FROM event e
WHERE e.kind IN ('{"', '".join(FLOWS)}')
  AND e.at >= %(since)s AND e.at < %(until)s AND e.recorded_at < %(known)s AND {_from("e")}
GROUP BY e.problem_id
ORDER BY e.problem_id DESC LIMIT %(limit)s
"""


@dataclass(slots=True, eq=False)  # compares as ProblemSummary: rows are equal whatever figure counts them
class CountedProblem(ProblemSummary):
    """A problem and its position in the list: time and id of the event that the figure counts, or of its own report."""

    counted_at: datetime
    counted_id: int


class FigureLists:
    def __init__(self, query: Query, version: UUID | None = None) -> None:
        """`version`: as in Choices."""
        self._query, self._version = query, version

    def counted(self, period: Period, dimension: str, value: int, now: datetime, limit: int) -> dict[int, set[str]]:
        """The newest problems that flows of this period count for this value of a dimension: {id: names of flows}."""
        params = _params(Figure("", period, dimension, value), now) | {"limit": limit}
        return {row["id"]: set(row["figures"]) for row in self._query.select(COUNTED, params)}

    def page(
        self, figure: Figure, now: datetime, after: tuple[datetime, int] | None = None, size: int = lists.PAGE_SIZE
    ) -> tuple[list[CountedProblem], tuple[datetime, int] | None]:
        """Up to `size` problems after this position, and the position of the last one if more follow."""
        params = _params(figure, now) | _place(after) | {"limit": size + 1}
        rows = self._query.select(_statement(figure, now), params, CountedProblem)
        add_names(self._query, self._version, rows, lists.NAMES)
        last = rows[size - 1] if len(rows) > size else None
        return rows[:size], (last.counted_at, last.counted_id) if last else None


def _statement(figure: Figure, now: datetime) -> str:
    if figure.name == "open_at_end":
        return OPEN_AT_END_NOW if figure.period.ends_at > now else OPEN_AT_END_THEN
    return FLOW_OF_STORE if figure.dimension == "store" else FLOW


def _params(figure: Figure, now: datetime) -> dict:
    period, last = figure.period, figure.period.months[-1].number
    wanted = {figure.dimension: figure.value} if figure.dimension in DIMENSIONS else {}
    bounds = {"since": period.starts_at, "until": period.ends_at, "ends_at": period.ends_at}
    known = {"known": lists.END_OF_TIME if period.is_year else period.ends_at, "before": last, "month": last}
    oldest, youngest = age_bounds(end_of(period, now), figure.value if figure.dimension == "age" else None)
    ages = {"oldest": oldest, "youngest": youngest}
    kind, _, after = figure.name.partition("_") if figure.name in SHARES else (figure.name, "", None)
    return {**dict.fromkeys(DIMENSIONS), **wanted, **bounds, **known, **ages, "kind": kind, "after": after}


def _place(after: tuple[datetime, int] | None) -> dict:
    after_at, after_id = after or (lists.END_OF_TIME, 0)
    return {"after_at": after_at, "after_id": after_id, "below": after_id or LAST_NUMBER}


def age_bounds(end: datetime, place: int | None) -> tuple[datetime, datetime]:
    """The range of report times of this age group at `end`. `place` is an index of AGES, len(AGES) for older problems,
    None for all."""
    if place is None:
        return lists.START_OF_TIME, end
    oldest = end - timedelta(days=AGES[place]) if place < len(AGES) else lists.START_OF_TIME
    return oldest, end if place == 0 else end - timedelta(days=AGES[place - 1])


def end_of(period: Period, now: datetime) -> datetime:
    """The time from which ages are computed: the end of the period; of a running period, the end of today."""
    tomorrow = now.astimezone(COMPANY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(period.ends_at, tomorrow)


def ages(rows: list[dict], period: Period, now: datetime) -> list[int]:
    """The number of open problems in each age group; `rows`: those of "reported_on" (Recaps.open_at_end)."""
    amounts, end = [0] * (len(AGES) + 1), end_of(period, now)
    for row in rows:
        reported = datetime(2000, 1, 1, tzinfo=COMPANY_ZONE) + timedelta(days=row["value"])
        days = (end - reported).days
        amounts[sum(days > limit for limit in AGES)] += row["open_at_end"]
    return amounts
