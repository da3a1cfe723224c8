"""The problems that a figure of the recap counts: the list behind the number."""

from datetime import datetime, timedelta

from sih.clock import COMPANY_ZONE
from sih.dao import problem_lists as lists
from sih.dao.problem_lists import END_OF_TIME, PAGE_SIZE, START_OF_TIME
from sih.dao.query import Query
from sih.dao.recap_statements import CUTS, OPEN_AT
from sih.periods import AGES, Figure, Period
from sih.records import ProblemSummary


def _is_of(e: str, side: str) -> str:
    """Whether this event is of the cut that is asked for; `side`: from whom it came, or to whom."""
    division = f"coalesce({e}.from_division_id, {e}.to_division_id)" if side == "from" else f"{e}.to_division_id"
    columns = {"division": division, "department": f"{e}.{side}_department_id", "pic": f"{e}.{side}_employee_id"}
    columns |= {"store": f"{e}.store_id", "category": f"coalesce({e}.category_id, 0)"}
    columns |= {"asset_kind": f"{e}.asset_kind_id"}
    columns["priority"] = f"coalesce(array_position(enum_range(NULL::problem_priority), {e}.priority), 0)"
    return "\n        AND ".join(f"(%({cut})s IS NULL OR {column} = %({cut})s)" for cut, column in columns.items())


# Each problem once, at the first recorded of its events that count; newest first. Of a store by its own problems.
_FLOW = f"""
SELECT e.problem_id, e.at AS counted_at, e.id AS counted_id FROM event e{{door}}
     WHERE e.kind = %(figure)s AND e.at >= %(since)s AND e.at < %(until)s AND e.recorded_at < %(known)s
        AND (e.at, e.id) < (%(after_at)s, %(after_id)s) AND {_is_of("e", "from")}
        AND NOT EXISTS (SELECT FROM event f
            WHERE f.problem_id = e.problem_id AND f.kind = e.kind AND f.id < e.id
              AND f.at >= %(since)s AND f.at < %(until)s AND f.recorded_at < %(known)s AND {_is_of("f", "from")})
     ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s"""
_COUNTED = f"""SELECT {lists.ROW}, n.counted_at, n.counted_id
FROM ({{counted}}) AS n JOIN problem p ON p.id = n.problem_id"""
_BY_COUNT = lists.NAMED.replace(
    "page.last_event_id,\n", "page.last_event_id, page.counted_at, page.counted_id,\n"
).replace("ORDER BY page.reported_at DESC, page.id DESC", "ORDER BY page.counted_at DESC, page.counted_id DESC")
OF_STORE = "\n     JOIN problem q ON q.id = e.problem_id AND q.store_id = %(store)s"
FLOW = _BY_COUNT.format(page=_COUNTED.format(counted=_FLOW.format(door="")))
FLOW_OF_STORE = _BY_COUNT.format(page=_COUNTED.format(counted=_FLOW.format(door=OF_STORE)))

_AGE = "p.reported_at >= %(oldest)s AND p.reported_at < %(youngest)s"
_PLACE = "(p.reported_at, p.id) < (%(after_at)s, %(after_id)s)"
STANDING_THEN = lists.NAMED.format(
    page=f"""SELECT {lists.ROW} FROM ({OPEN_AT}) AS e JOIN problem p ON p.id = e.problem_id
     WHERE {_PLACE} AND {_AGE} AND {_is_of("e", "to")}
     ORDER BY p.reported_at DESC, p.id DESC LIMIT %(limit)s"""
)
_LAST = "SELECT FROM event e WHERE e.id = p.last_event_id AND "
_NOW = f"""(SELECT {lists.ROW} FROM problem p
     WHERE p.status = '{{status}}' AND {_PLACE} AND {_AGE} AND EXISTS ({_LAST}{_is_of("e", "to")})
     ORDER BY p.reported_at DESC, p.id DESC LIMIT %(limit)s)"""
STANDING_NOW = lists.NAMED.format(
    page="\n    UNION ALL\n    ".join(_NOW.format(status=status) for status in ("new", "in_progress", "escalated"))
)


class FigureLists:
    def __init__(self, query: Query) -> None:
        self._query = query

    def page(
        self, figure: Figure, now: datetime, after: tuple[datetime, int] | None = None, size: int = PAGE_SIZE
    ) -> tuple[list[ProblemSummary], tuple[datetime, int] | None]:
        """Up to `size` problems after this place, and the place after which there are more."""
        after_at, after_id = after or (END_OF_TIME, 0)
        params = _params(figure, now) | {"after_at": after_at, "after_id": after_id, "limit": size + 1}
        rows = self._query.select(_statement(figure, now), params)
        places = [(row.pop("counted_at", row["reported_at"]), row.pop("counted_id", row["id"])) for row in rows]
        problems = [ProblemSummary(**row) for row in rows[:size]]
        return problems, places[size - 1] if len(rows) > size else None


def _statement(figure: Figure, now: datetime) -> str:
    if figure.name == "standing":
        return STANDING_NOW if figure.period.ends_at > now else STANDING_THEN
    return FLOW_OF_STORE if figure.cut == "store" else FLOW


def _params(figure: Figure, now: datetime) -> dict:
    period = figure.period
    cuts = dict.fromkeys(CUTS) | ({figure.cut: figure.value} if figure.cut in CUTS else {})
    bounds = {"since": period.starts_at, "until": period.ends_at, "ends_at": period.ends_at}
    bounds |= {"known": END_OF_TIME if period.is_year else period.ends_at, "before": period.months[-1].number}
    oldest, youngest = age_bounds(_end(period, now), figure.value if figure.cut == "age" else None)
    return cuts | bounds | {"figure": figure.name, "oldest": oldest, "youngest": youngest}


def age_bounds(end: datetime, place: int | None) -> tuple[datetime, datetime]:
    """When what was open at `end` was reported, if it was of the age at this place of AGES; None: of any."""
    if place is None:
        return START_OF_TIME, end
    oldest = end - timedelta(days=AGES[place]) if place < len(AGES) else START_OF_TIME
    return oldest, end if place == 0 else end - timedelta(days=AGES[place - 1])


def _end(period: Period, now: datetime) -> datetime:
    """Ages are counted back from the end of the period; while it goes on, from the end of today."""
    tomorrow = now.astimezone(COMPANY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(period.ends_at, tomorrow)


def ages(rows: list[dict], period: Period, now: datetime) -> list[int]:
    """How many of what is open are of each age; `rows`: by "reported_on" (sih/dao/recaps.py)."""
    amounts, end = [0] * (len(AGES) + 1), _end(period, now)
    for row in rows:
        reported = datetime(2000, 1, 1, tzinfo=COMPANY_ZONE) + timedelta(days=row["value"])
        days = (end - reported).days
        amounts[sum(days > limit for limit in AGES)] += row["standing"]
    return amounts
