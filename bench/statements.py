"""The statements whose plans `bench/plans.py` checks: of the list, its counts and a problem's page, with every filter
alone and in pairs, common and rare values, and one person for each part of the problems that somebody may see."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import combinations, product

from bench import pages, words
from bench.company import LARGE_STORE
from bench.testbed import PAGE_100
from sih.dao import events, likeness, notices, problems
from sih.dao.employees import Employees
from sih.dao.problem_counts import ProblemCounts
from sih.dao.problem_lists import ProblemLists
from sih.dao.query import Query
from sih.dao.recap.figure_lists import FigureLists
from sih.dao.visibility import viewer
from sih.domain import clock, periods
from sih.domain.periods import Figure, Period
from sih.domain.records import Employee, Filters
from sih.domain.vocabulary import ORDERS

PEOPLE = {
    "helpdesk": "e.role = 'handler' AND d.is_helpdesk",
    "handler": "e.role = 'handler' AND NOT d.is_helpdesk AND e.department_id IS NULL",
    "PIC": "e.department_id IS NOT NULL",
    "reporter": "e.role = 'reporter' AND e.store_id = 77",
}
ONE_OF = """
SELECT e.id AS employee_id, e.session_version
FROM employee e LEFT JOIN division d ON d.id = e.division_id
WHERE {} ORDER BY e.id LIMIT 1
"""
PLACES = """
SELECT extract(year FROM max(p.reported_at))::integer AS year, max(p.id) / 2 AS problem_id,
       (SELECT max(d.id) FROM division d) AS division_id, (SELECT max(k.id) FROM asset_kind k) AS asset_kind_id,
       (SELECT array_agg(d.id) FROM division d JOIN division above ON above.id = d.parent_id
        WHERE above.name = 'Bagian 1') AS division_ids,
       (SELECT p.reporter_id FROM problem p WHERE p.store_id = 77 ORDER BY p.id LIMIT 1) AS reporter_id,
       (SELECT count(*) FROM problem p WHERE p.closed_at IS NULL) AS open,
       (SELECT max(e.id) FROM employee e WHERE e.department_id IS NOT NULL) AS pic_id
FROM problem p
"""

# As the statement that finds the signed-in person counts (sih/dao/employees.py: SIGNED_IN).
HEADER = """
SELECT unread_notices(e) AS unread, waiting_problems(e) AS waiting FROM employee e WHERE e.id = %(viewer_id)s
"""
_SEARCHED = [typed for page, typed in pages.SEARCHES.items() if page.startswith("search_")]
FIGURES, HOLDERS = (
    ("reported", "closed", "escalated", "closed_escalated", "open_at_end"),
    ("division", "department", "pic"),
)
# Its name, the SQL, its parameters; and of lists of open problems how many are open.
Statement = tuple[str, str, dict] | tuple[str, str, dict, int]


class Recorder:
    """A Query that records the statement of a DAO and returns no rows."""

    def select(self, sql: str, params: dict, record: type | None = None) -> list:
        self.statement = sql, params
        return []


def everything(query: Query) -> Iterator[Statement]:
    places, cursor = query.one(PLACES), tuple(query.one(PAGE_100).values())[::-1]
    for name, condition in PEOPLE.items():
        person = Employees(query).active(**query.one(ONE_OF.format(condition)))
        for filters, after in product(_filters(places), (None, cursor)):
            if after is None or len(_given(filters)) < 2:
                yield _name("list", name, filters, after), *_list_of(person, filters, after)
        for filters, order in product(_filters(places), ORDERS):
            if filters.status != "closed":
                filters = replace(filters, order=order)
                after = (cursor[0], cursor[1], 2)
                yield _name("list", name, filters), *_list_of(person, filters, None), places["open"]
                if len(_given(filters)) < 3:
                    yield _name("list", name, filters, after), *_list_of(person, filters, after), places["open"]
        yield from _counts(name, person, places)
        yield from _problem(name, person, places)
        yield from _notices(name, person)
    yield from _likeness(places)
    yield from _behind_figures(places)


def _list_of(person: Employee, filters: Filters, after: tuple | None) -> tuple[str, dict]:
    recorder = Recorder()
    ProblemLists(recorder).page(person, filters, after)
    return recorder.statement


def _counts(name: str, person: Employee, places: dict) -> Iterator[Statement]:
    for store_id, division_ids in product((None, 77), ((), tuple(places["division_ids"]))):
        filters, recorder = Filters(store_id=store_id, division_ids=division_ids), Recorder()
        ProblemCounts(recorder).of(person, filters)
        yield _name("counts", name, filters), *recorder.statement


def _problem(name: str, person: Employee, places: dict) -> Iterator[Statement]:
    yield f"problem for {name}", problems.FIND, viewer(person) | {"id": places["problem_id"]}
    fifty = list(range(places["problem_id"] - 49, places["problem_id"] + 1))
    yield f"fifty problems for {name}", problems.PICKED, viewer(person) | {"ids": fifty, "limit": len(fifty)}
    yield f"history for {name}", events.HISTORY, viewer(person) | {"problem_id": places["problem_id"]}


def _likeness(places: dict) -> Iterator[Statement]:
    """Candidates of a small store and of the largest, of a good and without one."""
    since = clock.now() - likeness.HOURS
    for store_id, kind_id in product((77, LARGE_STORE), (1, places["asset_kind_id"])):
        of = {"store_id": store_id, "asset_kind_id": kind_id}
        yield f"repeats of {of}", likeness.OPEN, of | {"since": since}
        for asset_id in (None, 77 * 5):
            yield f"cures of {of}", likeness.CLOSED, of | {"asset_id": asset_id, "id": places["problem_id"]}
    twelve = list(range(places["problem_id"] - 11, places["problem_id"] + 1))
    yield "twelve cures", likeness.CURES, {"ids": twelve, "id": 0}


def _notices(name: str, person: Employee) -> Iterator[Statement]:
    page = viewer(person) | {"limit": notices.PAGE_SIZE + 1}
    yield f"notices for {name}", notices.PAGE, page | {"after": None}
    yield f"older notices for {name}", notices.PAGE, page | {"after": 2**60}
    yield f"counts of the header for {name}", HEADER, viewer(person)


def _behind_figures(places: dict) -> Iterator[Statement]:
    """The lists behind figures: of a year and of a month, from the first page and from the middle."""
    now, month = clock.now(), periods.of(clock.today()).after(-1)
    for period, (dimension, value) in product((Period(places["year"] - 1), month, month.after(1)), _dimensions(places)):
        middle = (period.starts_at + (period.ends_at - period.starts_at) / 2, 0)
        for name, after in product(FIGURES, (None, middle)):
            if name == "reported" and dimension in HOLDERS:  # the helpdesk gets every report, and no PIC
                continue
            figure = Figure(name, period, dimension, value)
            recorder = Recorder()
            FigureLists(recorder).page(figure, now, after)
            what = f"{name} in {period.text} by {dimension} {value}{' after the middle' * bool(after)}"
            yield what, *recorder.statement


def _dimensions(places: dict) -> list[tuple[str, int]]:
    return [("all", 0), ("division", 1), ("division", places["division_id"]), ("department", 2),
            ("pic", places["pic_id"]), ("store", 77), ("category", 5), ("category", 0), ("asset_kind", 3),
            ("priority", 1), ("priority", 3)]  # fmt: skip


def _filters(places: dict) -> Iterator[Filters]:
    values = {
        "year": [places["year"] - 5, places["year"]],
        "status": ["new", "in_progress", "closed"],
        "priority": ["critical", "medium"],
        "division_ids": [(1,), (places["division_id"],), tuple(places["division_ids"])],
        "store_id": [77, LARGE_STORE],
        "category_id": [5],
        "asset_kind_id": [3],
        "pic_id": [places["pic_id"]],
        "reporter_id": [places["reporter_id"]],
        "since": [clock.now() - timedelta(days=1000)],
        "until": [clock.now() - timedelta(days=10)],
        "words": [words.OFTEN, words.SELDOM, words.FIVE, words.vocabulary()[0], *_SEARCHED],
        "mine": [True],
        "waiting": [True],
        "asked": [True],
    }
    yield Filters()
    for name, of in values.items():
        yield from (replace(Filters(), **{name: value}) for value in of)
    for one, other in combinations(values, 2):
        yield from (Filters(**{one: a, other: b}) for a, b in product(values[one], values[other]))


def _given(filters: Filters) -> dict:
    return {name: value for name, value in asdict(filters).items() if value}


def _name(what: str, whose: str, filters: Filters, after: tuple | None = None) -> str:
    given = [f"{name} {value}" for name, value in _given(filters).items()] + ["after page 99"] * bool(after)
    return f"{what} for {whose}: {', '.join(given) or 'no filter'}"
