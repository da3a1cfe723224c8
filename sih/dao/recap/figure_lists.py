"""The problems that a figure of the recap counts: the list behind the number, by the same conditions that the figure
was counted by (sql/schema.sql, "recap")."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sih.dao import problem_lists as lists
from sih.dao.query import Query
from sih.dao.recap.closing import OPEN_AT
from sih.dao.recap.figures import CUTS
from sih.domain.clock import COMPANY_ZONE
from sih.domain.periods import AGES, Figure, Period
from sih.domain.records import ProblemSummary

LAST_NUMBER = 2**63 - 1


def _is_of(conditions: dict[str, str]) -> str:
    """Whether something is of the cut that is asked for."""
    return "\n        AND ".join(f"(%({cut})s IS NULL OR {condition})" for cut, condition in conditions.items())


def _either(cut: str, column: str, value: str) -> str:
    """0: nothing is stored. Each column stands alone: PostgreSQL knows how frequent its values are, not how frequent
    those of an expression are."""
    return f"({column} = {value} OR (%({cut})s = 0 AND {column} IS NULL))"


def _its(t: str) -> dict[str, str]:
    """Where every event and every problem has it."""
    return {
        "store": f"{t}.store_id = %(store)s",
        "category": _either("category", f"{t}.category_id", "%(category)s"),
        "asset_kind": f"{t}.asset_kind_id = %(asset_kind)s",
        "priority": _either("priority", f"{t}.priority", "(enum_range(NULL::problem_priority))[%(priority)s]"),
    }


def _from(e: str) -> str:
    """At whom an event happened; of a report who got it."""
    got = f"({e}.from_division_id IS NULL AND {e}.to_division_id = %(division)s)"
    holder = {
        "division": f"({e}.from_division_id = %(division)s OR {got})",
        "department": f"{e}.from_department_id = %(department)s",
        "pic": f"{e}.from_employee_id = %(pic)s",
    }
    return _is_of(holder | _its(e))


def _to(e: str) -> str:
    """Where an event left its problem."""
    holder = {
        "division": f"{e}.to_division_id = %(division)s",
        "department": f"{e}.to_department_id = %(department)s",
        "pic": f"{e}.to_employee_id = %(pic)s",
    }
    return _is_of(holder | _its(e))


_HELD = _is_of(
    {
        "division": "p.holder_division_id = %(division)s",
        "department": "(SELECT e.to_department_id FROM event e WHERE e.id = p.last_event_id) = %(department)s",
        "pic": "p.holder_employee_id = %(pic)s",
    }
    | _its("p")
)

# Each problem once, at the first recorded of its events that count; newest first. Of a store by its own problems.
_FLOW = f"""
SELECT e.problem_id, e.at AS counted_at, e.id AS counted_id FROM event e{{door}}
     WHERE e.kind = %(figure)s AND e.at >= %(since)s AND e.at < %(until)s AND e.recorded_at < %(known)s
        AND (e.at, e.id) < (%(after_at)s, %(after_id)s) AND {_from("e")}
        AND NOT EXISTS (SELECT FROM event f
            WHERE f.problem_id = e.problem_id AND f.kind = e.kind AND f.id < e.id
              AND f.at >= %(since)s AND f.at < %(until)s AND f.recorded_at < %(known)s AND {_from("f")})
     ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s"""
_COUNTED = f"""SELECT {lists.ROW}, n.counted_at, n.counted_id
FROM ({{counted}}) AS n JOIN problem p ON p.id = n.problem_id"""
_AS_COUNTED = {"order": "page.counted_at DESC, page.counted_id DESC", "more": ", page.counted_at, page.counted_id"}
_OF_STORE = "\n     JOIN problem q ON q.id = e.problem_id AND q.store_id = %(store)s"
FLOW = lists.named(_COUNTED.format(counted=_FLOW.format(door="")), **_AS_COUNTED)
FLOW_OF_STORE = lists.named(_COUNTED.format(counted=_FLOW.format(door=_OF_STORE)), **_AS_COUNTED)

# What was open at the end of a month, by number: as it was stored, or, until that is done, from the events. The event
# and the problem of each that stood are looked up one by one (OFFSET 0 keeps it so): all events would be read for a
# rare cut, and all problems for a month of few.
_AS_REPORTED = ", page.reported_at AS counted_at, page.id AS counted_id"
_STOOD = f"""e.reported_at >= %(oldest)s AND e.reported_at < %(youngest)s AND {_to("e")}"""
STANDING_THEN = lists.named(
    f"""SELECT {lists.ROW} FROM (
     (SELECT s.problem_id FROM standing s
      CROSS JOIN LATERAL (SELECT FROM event e WHERE e.id = s.event_id AND {_STOOD} OFFSET 0) AS e
      WHERE s.month = %(month)s AND s.problem_id < %(below)s ORDER BY s.problem_id DESC LIMIT %(limit)s)
     UNION ALL
     (SELECT e.problem_id FROM ({OPEN_AT}) AS e
      WHERE NOT EXISTS (SELECT FROM closed_month m WHERE m.month = %(month)s)
        AND e.problem_id < %(below)s AND {_STOOD} ORDER BY e.problem_id DESC LIMIT %(limit)s)) AS stood
     CROSS JOIN LATERAL (SELECT o.* FROM problem o WHERE o.id = stood.problem_id OFFSET 0) AS p""",
    order="page.id DESC",
    more=_AS_REPORTED,
)

_NOW = f"""(SELECT {lists.ROW} FROM problem p
     WHERE p.status = '{{status}}' AND (p.reported_at, p.id) < (%(after_at)s, %(after_id)s)
        AND p.reported_at >= %(oldest)s AND p.reported_at < %(youngest)s AND {_HELD}
     ORDER BY p.reported_at DESC, p.id DESC LIMIT %(limit)s)"""
STANDING_NOW = lists.named(
    "\n    UNION ALL\n    ".join(_NOW.format(status=status) for status in ("new", "in_progress", "escalated")),
    more=_AS_REPORTED,
)


@dataclass(slots=True, eq=False)  # whatever counted it, its row looks the same
class CountedProblem(ProblemSummary):
    """A problem and its place in the list: the event that the figure counts, or its own report."""

    counted_at: datetime
    counted_id: int


class FigureLists:
    def __init__(self, query: Query) -> None:
        self._query = query

    def page(
        self, figure: Figure, now: datetime, after: tuple[datetime, int] | None = None, size: int = lists.PAGE_SIZE
    ) -> tuple[list[CountedProblem], tuple[datetime, int] | None]:
        """Up to `size` problems after this place, and the place after which there are more."""
        params = _params(figure, now) | _place(after) | {"limit": size + 1}
        rows = self._query.select(_statement(figure, now), params, CountedProblem)
        last = rows[size - 1] if len(rows) > size else None
        return rows[:size], (last.counted_at, last.counted_id) if last else None


def _statement(figure: Figure, now: datetime) -> str:
    if figure.name == "standing":
        return STANDING_NOW if figure.period.ends_at > now else STANDING_THEN
    return FLOW_OF_STORE if figure.cut == "store" else FLOW


def _params(figure: Figure, now: datetime) -> dict:
    period, last = figure.period, figure.period.months[-1].number
    cuts = dict.fromkeys(CUTS) | ({figure.cut: figure.value} if figure.cut in CUTS else {})
    bounds = {"since": period.starts_at, "until": period.ends_at, "ends_at": period.ends_at}
    known = {"known": lists.END_OF_TIME if period.is_year else period.ends_at, "before": last, "month": last}
    oldest, youngest = age_bounds(end_of(period, now), figure.value if figure.cut == "age" else None)
    return {**cuts, **bounds, **known, "figure": figure.name, "oldest": oldest, "youngest": youngest}


def _place(after: tuple[datetime, int] | None) -> dict:
    after_at, after_id = after or (lists.END_OF_TIME, 0)
    return {"after_at": after_at, "after_id": after_id, "below": after_id or LAST_NUMBER}


def age_bounds(end: datetime, place: int | None) -> tuple[datetime, datetime]:
    """When what was open at `end` was reported, if it was of the age at this place of AGES; None: of any."""
    if place is None:
        return lists.START_OF_TIME, end
    oldest = end - timedelta(days=AGES[place]) if place < len(AGES) else lists.START_OF_TIME
    return oldest, end if place == 0 else end - timedelta(days=AGES[place - 1])


def end_of(period: Period, now: datetime) -> datetime:
    """Ages are counted back from the end of the period; while it goes on, from the end of today."""
    tomorrow = now.astimezone(COMPANY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(period.ends_at, tomorrow)


def ages(rows: list[dict], period: Period, now: datetime) -> list[int]:
    """How many of what is open are of each age; `rows`: by "reported_on" (sih/dao/recap/closing.py)."""
    amounts, end = [0] * (len(AGES) + 1), end_of(period, now)
    for row in rows:
        reported = datetime(2000, 1, 1, tzinfo=COMPANY_ZONE) + timedelta(days=row["value"])
        days = (end - reported).days
        amounts[sum(days > limit for limit in AGES)] += row["standing"]
    return amounts
