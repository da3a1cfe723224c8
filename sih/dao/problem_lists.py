"""Daftar Kendala: a page of problems by keyset pagination: the newest first, or of the open ones those first that wait
longest or are most urgent.

The statements are constants, built once at import: the same filters and columns with several ways to find candidates
in order, so that each can stop at an index after one page. An unset filter costs nothing: psycopg2 inserts the values
before planning, so the planner removes it."""

from datetime import datetime, timedelta

from sih.dao.query import Query
from sih.dao.small_masters import add_names
from sih.dao.visibility import OF_OWN_STORE, OF_WAITING, REPORTED_ELSEWHERE, viewer
from sih.domain import policy
from sih.domain.clock import year_bounds
from sih.domain.records import REOPEN_DAYS, Employee, Filters, ProblemSummary, ToAnswer
from sih.domain.vocabulary import PRIORITIES

PAGE_SIZE = 50
NEAR = 500  # newest problems searched first; enough for a page of a word that occurs in every tenth problem
NEAR_NAMES = 20_000  # and for a page of a name that more than 200 of 150,000 employees have

_SET = """(%(since)s IS NULL OR p.reported_at >= %(since)s)
          AND (%(status)s IS NULL OR p.status = %(status)s)
          AND (%(priority)s IS NULL OR p.priority = %(priority)s)
          AND (%(division_id)s IS NULL OR p.holder_division_id = %(division_id)s)
          AND (%(division_ids)s IS NULL OR p.holder_division_id = ANY (%(division_ids)s))
          AND (%(store_id)s IS NULL OR p.store_id = %(store_id)s)
          AND (%(category_id)s IS NULL OR p.category_id = %(category_id)s)
          AND (%(asset_kind_id)s IS NULL OR p.asset_kind_id = %(asset_kind_id)s)
          AND (%(pic_id)s IS NULL OR p.holder_employee_id = %(pic_id)s)
          AND (%(reporter_id)s IS NULL OR p.reporter_id = %(reporter_id)s)
          AND (%(mine_id)s IS NULL OR p.reporter_id = %(mine_id)s)
          AND (NOT %(asked)s OR p.asked_event_id IS NOT NULL)"""
FILTERS = f"""(p.reported_at, p.id) < (%(after_at)s, %(after_id)s)
          AND {_SET}"""
NEWEST = "ORDER BY p.reported_at DESC, p.id DESC LIMIT %(limit)s"
# What the words ask for is planned once a statement, in a subselect of its own (sql/schema.sql: search_plan).
_MATCHES = """EXISTS (
              SELECT FROM problem_search f
              WHERE f.problem_id = p.id
                AND search_matches((SELECT {plan}), f.words, month_of(p.reported_at), p.store_id, p.reporter_id))"""
SAYS = f"(%(words)s IS NULL OR {_MATCHES.format(plan='search_plan(%(words)s, %(reads_notes)s)')})"

ROW = """p.id, p.title, p.status, p.priority, p.reported_at, p.held_since, p.closed_at, p.confirmed_at, p.last_event_id,
               p.is_withdrawn, p.asked_event_id, p.store_id, p.reporter_id, p.asset_kind_id, p.asset_id,
               p.holder_division_id, p.holder_employee_id, p.category_id"""
# Which report of its good a problem is within 90 days, without withdrawn ones and up to 100; 0: of a good without
# label.
FAILURES = """(SELECT count(*) FROM (
            SELECT FROM problem f
            WHERE f.asset_id = {of}.asset_id AND f.reported_at > {of}.reported_at - interval '90 days'
              AND (f.reported_at, f.id) <= ({of}.reported_at, {of}.id) AND NOT f.is_withdrawn LIMIT 100) AS counted
        )::integer AS failures"""
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
       page.closed_at, page.confirmed_at, page.last_event_id, page.is_withdrawn,
       page.asked_event_id, {failures}, page.category_id{more}
FROM (
    {page}
) AS page
ORDER BY {order} LIMIT %(limit)s"""


def named(page: str, order: str = NEWEST_FIRST, more: str = "") -> str:
    """A statement that adds names to the rows of `page`, a statement with the columns ROW."""
    return NAMED.format(page=page, order=order, failures=FAILURES.format(of="page"), more=more)


def _branches(filters: str, order: str, *doors: str) -> str:
    """The first rows in this order for each of these mutually exclusive conditions."""
    branch = (
        f"(SELECT {ROW}\n     FROM problem p\n     WHERE {{}}\n          AND {filters}\n          AND {SAYS}\n{order})"
    )
    return "\n    UNION ALL\n    ".join(branch.format(door) for door in doors)


def _list_of(*doors: str) -> str:
    """A statement for the newest problems that fulfil any of these conditions."""
    return named(_branches(FILTERS, NEWEST, *doors))


_OF_REPORTER = (OF_OWN_STORE, REPORTED_ELSEWHERE)
EVERYTHING = _list_of("true")
SEEN_BY_REPORTER = _list_of(*_OF_REPORTER)
WAITING = _list_of(*OF_WAITING)
# Each division by its own index range: with ANY, PostgreSQL would sort all problems of a rare division.
OF_DIVISIONS = named(f"""SELECT found.* FROM unnest(%(division_ids)s::integer[]) AS chosen (id),
    LATERAL {_branches(FILTERS, NEWEST, "p.holder_division_id = chosen.id")} AS found""")

# Open problems by waiting time. The condition is on closed_at, as in the partial indexes. Each priority is a branch of
# its own, which reads problem_waits by priority in order of time; their first rows are sorted.
_OPEN = f"""p.closed_at IS NULL AND (%(until)s IS NULL OR p.reported_at < %(until)s)
          AND {_SET}"""
_LATER = "(p.held_since, p.id) > (%(after_at)s, %(after_id)s)"
_WAITED = "ORDER BY p.held_since, p.id LIMIT %(limit)s"
_PRIORITY_IS = (*[f"p.priority = '{priority}'" for priority in PRIORITIES], "p.priority IS NULL")
_BY_PRIORITY = tuple(
    f"{door} AND (%(after_rank)s < {rank} OR (%(after_rank)s = {rank} AND {_LATER}))"
    for rank, door in enumerate(_PRIORITY_IS)
)


def _oldest(*doors: str) -> str:
    return named(_branches(f"{_LATER} AND {_OPEN}", _WAITED, *doors), "page.held_since, page.id")


def _urgent(*doors: str) -> str:
    both = [f"{door} AND {of_priority}" for door in doors for of_priority in _BY_PRIORITY]
    return named(_branches(_OPEN, _WAITED, *both), "page.priority, page.held_since, page.id")


OLDEST = {
    "everything": _oldest(*_PRIORITY_IS),
    "reporter": _oldest(*_OF_REPORTER),
    "waiting": _oldest(*OF_WAITING),
}
URGENT = {
    "everything": _urgent("true"),
    "reporter": _urgent(*_OF_REPORTER),
    "waiting": _urgent(*OF_WAITING),
}

# The newest problems are searched first, because a frequent word fills the page from them. Other words are searched
# month by month, newest first, until the page is full, which costs one index lookup a month. OFFSET 0 makes the planner
# use the word index instead of reading the whole month. Where all words are in the names of too many for the index,
# more of the newest are searched, and no others: such names fill a page from these.
# Rows of `near` come in its order, and no more of them than near_hit needs.
_PLANNED = _MATCHES.format(plan="plan FROM search")
SEARCH = f"""WITH search AS MATERIALIZED (
    SELECT s.plan, s.plan[1] IS NOT NULL AS is_indexed
    FROM (SELECT search_plan(%(words)s, %(reads_notes)s) AS plan) AS s
), near AS MATERIALIZED (
    SELECT {ROW} FROM problem p WHERE {FILTERS}
    ORDER BY p.reported_at DESC, p.id DESC LIMIT {NEAR}
), near_hit AS MATERIALIZED (
    SELECT {ROW} FROM near p WHERE {_PLANNED} LIMIT %(limit)s
), is_complete AS MATERIALIZED (
    SELECT (SELECT count(*) FROM near_hit) = %(limit)s OR (SELECT count(*) FROM near) < {NEAR} AS yes
)
""" + named(
    f"""SELECT near_hit.* FROM near_hit WHERE (SELECT yes FROM is_complete)
    UNION ALL
    (SELECT {ROW}
    FROM (SELECT {ROW} FROM problem p WHERE {FILTERS}
          ORDER BY p.reported_at DESC, p.id DESC LIMIT {NEAR_NAMES}) AS p
    WHERE (SELECT NOT is_indexed FROM search) AND NOT (SELECT yes FROM is_complete) AND {_PLANNED}
    LIMIT %(limit)s)
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
              WHERE f.words @@ search_month((SELECT plan[1] FROM search), months.month) OFFSET 0) AS hit
        JOIN problem p ON p.id = hit.problem_id
        WHERE {FILTERS} AND ((SELECT plan[2] IS NULL FROM search) OR {_PLANNED})
        {NEWEST}
    ) AS found
    WHERE (SELECT is_indexed FROM search) AND NOT (SELECT yes FROM is_complete)
    LIMIT %(limit)s)"""
)

# Own reports are few. Those with a question first, then those that were closed lately.
MOST_OF_A_KIND = 5
TO_ANSWER = named(
    f"""(SELECT {ROW} FROM problem p
    WHERE p.reporter_id = %(reporter_id)s AND p.asked_event_id IS NOT NULL
    ORDER BY p.asked_event_id LIMIT {MOST_OF_A_KIND})
    UNION ALL
    (SELECT {ROW} FROM problem p
    WHERE p.reporter_id = %(reporter_id)s AND p.status = 'closed' AND p.confirmed_at IS NULL AND p.closed_at > %(since)s
      AND NOT p.is_withdrawn
    ORDER BY p.closed_at, p.id LIMIT {MOST_OF_A_KIND})""",
    order="page.asked_event_id, page.closed_at, page.id",
    more=", (SELECT asked.note FROM event asked WHERE asked.id = page.asked_event_id) AS question",
)

NAMES = {"asset_kind": ("asset_kinds", "asset_kind_id"), "holder_division": ("divisions", "holder_division_id")}
END_OF_TIME, START_OF_TIME = year_bounds(9000)[0], year_bounds(1970)[0]


class ProblemLists:
    def __init__(self, query: Query) -> None:
        self._query = query

    def page(
        self, employee: Employee, filters: Filters, after: tuple | None = None, size: int = PAGE_SIZE
    ) -> tuple[list[ProblemSummary], bool]:
        """Up to `size` problems that this person may see, after the position (see ProblemSummary.place_in); and whether
        more follow."""
        if filters.match_nothing:
            return [], False
        params = params_of(employee, filters, after) | {"limit": size + 1}
        rows = self._query.select(_statement(employee, filters), params, ProblemSummary)
        add_names(self._query, employee.small_masters_version, rows, NAMES)
        return rows[:size], len(rows) > size

    def to_answer(self, employee: Employee, now: datetime) -> list[ToAnswer]:
        """The own reports with a question to this person, then those that were closed lately and that this person may
        still confirm or reopen."""
        params = {"reporter_id": employee.id, "since": now - timedelta(days=REOPEN_DAYS), "limit": 2 * MOST_OF_A_KIND}
        rows = self._query.select(TO_ANSWER, params, ToAnswer)
        add_names(self._query, employee.small_masters_version, rows, NAMES)
        return rows


def _statement(employee: Employee, filters: Filters) -> str:
    is_reporter = not policy.sees_all(employee) and not filters.mine
    if filters.order:
        statements = {"oldest": OLDEST, "urgent": URGENT}[filters.order]
        return statements["waiting" if filters.waiting else "reporter" if is_reporter else "everything"]
    if filters.waiting:
        return WAITING
    if is_reporter:
        return SEEN_BY_REPORTER
    is_open = filters.status not in (None, "closed")  # open problems are few, however long the history
    is_narrow = filters.mine or filters.asked or is_open or filters.store_id or filters.reporter_id
    if filters.words and not is_narrow:
        return SEARCH
    return OF_DIVISIONS if len(filters.division_ids) > 1 else EVERYTHING


def params_of(employee: Employee, filters: Filters, after: tuple | None = None) -> dict:
    """The parameters of FILTERS and SAYS."""
    year_begins, year_ends = year_bounds(filters.year) if filters.year else (None, END_OF_TIME)
    since = max((bound for bound in (year_begins, filters.since) if bound), default=None)
    until = min(year_ends, filters.until or END_OF_TIME)
    if filters.order:
        after_at, after_id, after_rank = after or (START_OF_TIME, 0, 0)
    else:
        # One upper bound, not two: PostgreSQL starts an index scan at only one and would read all rows between them.
        after_at, after_id = min((after or (until, 0))[:2], (until, 0))
        after_rank = 0
    only, *more = filters.division_ids or (None,)
    return viewer(employee) | {
        "after_at": after_at,
        "after_id": after_id,
        "after_rank": after_rank,
        "since": since,
        "until": None if until == END_OF_TIME else until,
        "from_at": after_at + timedelta(microseconds=1),
        "to_at": since or START_OF_TIME,
        "status": filters.status,
        "priority": filters.priority,
        "division_id": None if more else only,
        "division_ids": [only, *more] if more else None,
        "store_id": filters.store_id,
        "category_id": filters.category_id,
        "asset_kind_id": filters.asset_kind_id,
        "pic_id": filters.pic_id,
        "reporter_id": filters.reporter_id,
        "mine_id": employee.id if filters.mine else None,
        "asked": filters.asked,
        "words": filters.words,
        "own_division_id": employee.division_id,
    }
