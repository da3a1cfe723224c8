"""Daftar Kendala: a page of problems, newest first, by keyset pagination.

The statements are constants, built once at import: the same filters and columns with four ways to find candidates in
order, so that each can stop at an index after one page. An unset filter costs nothing: psycopg2 inserts the values
before planning, so the planner removes it."""

from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.dao.small_masters import add_names
from sih.dao.visibility import OF_OWN_STORE, REPORTED_ELSEWHERE, viewer
from sih.domain import policy
from sih.domain.clock import year_bounds
from sih.domain.records import Employee, Filters, ProblemSummary

PAGE_SIZE = 50
NEAR = 500  # newest problems searched first; enough for a page of a word that occurs in every tenth problem

FILTERS = """(p.reported_at, p.id) < (%(after_at)s, %(after_id)s)
          AND (%(since)s IS NULL OR p.reported_at >= %(since)s)
          AND (%(status)s IS NULL OR p.status = %(status)s)
          AND (%(priority)s IS NULL OR p.priority = %(priority)s)
          AND (%(division_id)s IS NULL OR p.holder_division_id = %(division_id)s)
          AND (%(store_id)s IS NULL OR p.store_id = %(store_id)s)
          AND (%(reporter_id)s IS NULL OR p.reporter_id = %(reporter_id)s)"""
NEWEST = "ORDER BY p.reported_at DESC, p.id DESC LIMIT %(limit)s"
SAYS = """(%(words)s IS NULL OR EXISTS (
              SELECT FROM problem_search f
              WHERE f.problem_id = p.id AND f.words @@ search_query(month_of(p.reported_at), %(words)s)))"""

ROW = """p.id, p.title, p.status, p.priority, p.reported_at, p.held_since, p.closed_at, p.confirmed_at, p.last_event_id,
               p.store_id, p.reporter_id, p.asset_kind_id, p.asset_id, p.holder_division_id, p.holder_employee_id"""
NEWEST_FIRST = "page.reported_at DESC, page.id DESC"
# The page is found first, then names are added by subselects: a join of so many tables takes longer to plan than to
# run; those of small master data are not read at all. `more`: additional columns after those of ProblemSummary.
NAMED = """
SELECT page.id, page.title, page.status, page.priority, page.reported_at, page.held_since,
       (SELECT s.code || ' ' || s.name FROM store s WHERE s.id = page.store_id) AS store,
       page.asset_kind_id, (SELECT a.label FROM asset a WHERE a.id = page.asset_id) AS asset_label,
       page.reporter_id, (SELECT r.name FROM employee r WHERE r.id = page.reporter_id) AS reporter_name,
       page.holder_division_id, page.holder_employee_id,
       (SELECT h.name FROM employee h WHERE h.id = page.holder_employee_id) AS holder_employee,
       page.closed_at, page.confirmed_at, page.last_event_id{more}
FROM (
    {page}
) AS page
ORDER BY {order} LIMIT %(limit)s"""


def named(page: str, order: str = NEWEST_FIRST, more: str = "") -> str:
    """A statement that adds names to the rows of `page`, a statement with the columns ROW."""
    return NAMED.format(page=page, order=order, more=more)


def _list_of(*doors: str) -> str:
    """A statement for the newest problems that fulfil any of these mutually exclusive conditions."""
    branch = (
        f"(SELECT {ROW}\n     FROM problem p\n     WHERE {{}}\n          AND {FILTERS}\n          AND {SAYS}\n{NEWEST})"
    )
    branches = (branch.format(door) for door in doors)
    return named("\n    UNION ALL\n    ".join(branches))


EVERYTHING = _list_of("true")
SEEN_BY_REPORTER = _list_of(OF_OWN_STORE, REPORTED_ELSEWHERE)
WAITING = _list_of(
    "p.status <> 'closed' AND p.holder_employee_id = %(viewer_id)s",
    "p.status <> 'closed' AND p.holder_employee_id IS NULL AND p.holder_division_id = %(own_division_id)s",
)

# The newest problems are searched first, because a frequent word fills the page from them. Other words are searched
# month by month, newest first, until the page is full, which costs one index lookup a month. OFFSET 0 makes the planner
# use the word index instead of reading the whole month.
SEARCH = f"""WITH near AS MATERIALIZED (
    SELECT {ROW} FROM problem p WHERE {FILTERS}
    ORDER BY p.reported_at DESC, p.id DESC LIMIT {NEAR}
), near_hit AS MATERIALIZED (
    SELECT {ROW} FROM near p WHERE {SAYS} {NEWEST}
), is_complete AS MATERIALIZED (
    SELECT (SELECT count(*) FROM near) < {NEAR} OR (SELECT count(*) FROM near_hit) = %(limit)s AS yes
)
""" + named(
    f"""SELECT near_hit.* FROM near_hit WHERE (SELECT yes FROM is_complete)
    UNION ALL
    (SELECT found.*
    FROM (SELECT month_of(m AT TIME ZONE 'Asia/Jakarta') AS month
          FROM generate_series(
              date_trunc('month', (SELECT max(p.reported_at) FROM problem p WHERE p.reported_at < %(from_at)s)
                                  AT TIME ZONE 'Asia/Jakarta'),
              date_trunc('month', (SELECT min(p.reported_at) FROM problem p WHERE p.reported_at >= %(to_at)s)
                                  AT TIME ZONE 'Asia/Jakarta'),
              interval '-1 month') AS m) AS months,
    LATERAL (
        SELECT {ROW}
        FROM (SELECT f.problem_id FROM problem_search f
              WHERE f.words @@ search_query(months.month, %(words)s) OFFSET 0) AS hit
        JOIN problem p ON p.id = hit.problem_id
        WHERE {FILTERS}
        {NEWEST}
    ) AS found
    WHERE NOT (SELECT yes FROM is_complete)
    LIMIT %(limit)s)"""
)

NAMES = {"asset_kind": ("asset_kinds", "asset_kind_id"), "holder_division": ("divisions", "holder_division_id")}
END_OF_TIME, START_OF_TIME = year_bounds(9000)[0], year_bounds(1970)[0]


class ProblemLists:
    def __init__(self, query: Query) -> None:
        self._query = query

    def page(
        self, employee: Employee, filters: Filters, after: tuple[datetime, int] | None = None, size: int = PAGE_SIZE
    ) -> tuple[list[ProblemSummary], bool]:
        """Up to `size` problems that this person may see, after the position (reported_at, id); and whether more
        follow."""
        params = _params(employee, filters, after) | {"limit": size + 1}
        rows = self._query.select(_statement(employee, filters), params, ProblemSummary)
        add_names(self._query, employee.small_masters_version, rows, NAMES)
        return rows[:size], len(rows) > size


def _statement(employee: Employee, filters: Filters) -> str:
    if filters.waiting:
        return WAITING
    if not policy.sees_all(employee) and not filters.mine:
        return SEEN_BY_REPORTER
    is_open = filters.status not in (None, "closed")  # open problems are few, however long the history
    is_narrow = filters.mine or is_open or filters.store_id is not None
    return SEARCH if filters.words and not is_narrow else EVERYTHING


def _params(employee: Employee, filters: Filters, after: tuple[datetime, int] | None) -> dict:
    since, until = year_bounds(filters.year) if filters.year else (None, END_OF_TIME)
    # One upper bound instead of two: PostgreSQL starts an index scan at only one and would read all rows between them.
    after_at, after_id = min(after or (until, 0), (until, 0))
    return viewer(employee) | {
        "after_at": after_at,
        "after_id": after_id,
        "since": since,
        "from_at": after_at + timedelta(microseconds=1),
        "to_at": since or START_OF_TIME,
        "status": filters.status,
        "priority": filters.priority,
        "division_id": filters.division_id,
        "store_id": filters.store_id,
        "reporter_id": employee.id if filters.mine else None,
        "words": filters.words,
        "own_division_id": employee.division_id,
    }
