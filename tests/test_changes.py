"""What has changed since a page was made: new problems under the filters of its list, rows that a colleague changed."""

from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest

from bench.databases import opened
from sih.dao import changes
from sih.dao.problems import Problems
from sih.dao.query import Pool
from sih.domain import clock
from sih.domain.records import Filters
from sih.web import page_state
from tests.conftest import bring
from tests.facts import without_database
from tests.test_sessions import from_nine, signed_in  # noqa: F401 - a fixture
from tests.test_statements import statements  # noqa: F401 - a fixture

BY_ITSELF = {"X-Sih-By-Itself": "1"}


class Page:
    """A page that somebody has open, as static/js/changes.js asks for its changes."""

    def __init__(self, somebody, path: str) -> None:
        self._somebody, self._cursor, page = somebody, None, somebody.get(path)
        self.place = page.select_one("[data-changes]")
        self.rows = {int(row["id"][1:]): row["data-event"] for row in page.select("[id^=p][data-event]")}

    def ask(self, status: int = 200, **more):
        given = {"rows": ",".join(map(str, self.rows))}
        given |= {"cursor": self._cursor} if self._cursor else {}
        address = f"{self.place['data-changes']}&{urlencode(given | more)}"
        response = self._somebody.client.get(address, headers=BY_ITSELF)
        assert response.status_code == status, response.text
        answer = response.json if status == 200 else {}
        self._cursor = answer.get("cursor") or self._cursor
        return answer


@pytest.fixture
def opens(person, moved_clock):
    """opens("hadi", path) is a page that was opened a minute ago, and a minute after what happened before."""

    def make(name: str, path: str = "/problems") -> Page:
        moved_clock(minutes=1)
        page = Page(person(name), path)
        moved_clock(minutes=1)
        return page

    moved_clock()
    return make


def test_a_page_without_changes_hears_of_none(opens, problem):
    problem()
    page = opens("hadi")
    answer = page.ask()
    assert answer.pop("counts") == {"unread": "", "waiting": "(1)", "title": "(1)"}
    assert answer == {"new": [], "is_over": False, "cursor": answer["cursor"], "changed": {}, "present": {}}
    again = page.ask()
    assert again.pop("counts") and again == answer | {"cursor": None}, "nothing has happened since the cursor"


@pytest.mark.parametrize("name", ["rini", "koko", "hadi", "gita", "susi", "adi"])
def test_a_new_problem_is_new_until_the_page_has_heard_of_it(opens, problem, moved_clock, name):
    problem()
    page = opens(name, "/problems?status=new")
    number = problem(by="koko") if name != "gita" else problem(by="sari")
    assert page.ask()["new"] == [number]
    moved_clock(minutes=1)
    assert page.ask()["new"] == [number], "events of the last seconds are read again"
    assert page.ask()["new"] == []


def test_what_somebody_may_not_see_is_not_new(opens, problem):
    page = opens("sari")
    problem(by="rini")
    assert page.ask()["new"] == []


def test_only_problems_under_the_filters_are_new(opens, problem, query, employees):
    division = employees["gita"].division_id
    paths = {
        "/problems?status=new": "new",
        "/problems?status=in_progress": "in_progress",
        "/problems?status=closed": "closed",
        "/problems?priority=high": "in_progress",
        f"/problems?division={division}": "escalated",
        "/problems?q=kulkas": "new",
        "/problems?store=T001": "new",
        f"/problems?year={clock.today().year}": "new",
    }
    for path, state in paths.items():
        page = opens("hadi", path)
        problem("at pandu", by="sari", title="AC"), problem("escalated to pandu", by="sari", title="AC")
        others = page.ask()["new"]
        number = problem(state, title="Kulkas mati")
        assert set(page.ask()["new"]) - set(others) == {number}, path
    page = opens("hadi", "/problems?priority=low")
    problem("in_progress")
    assert page.ask()["new"] == []


def test_an_old_problem_that_comes_to_somebody_is_new_there(opens, problem, query, employees, moved_clock):
    number = problem("in_progress")
    moved_clock(days=40)
    page = opens("gita", "/problems?waiting=1")
    bring(query, employees, number, "to Umum")
    assert page.ask()["new"] == [number]


@pytest.mark.parametrize(("name", "state"), [("gita", "escalated"), ("pandu", "escalated to pandu"), ("hadi", "new")])
def test_what_comes_to_somebody_is_new_among_what_waits_for_them(opens, problem, query, employees, name, state):
    other = problem("at pandu" if name == "hadi" else "new")
    page = opens(name, "/problems?waiting=1")
    number = problem(state)
    answer = page.ask()
    assert answer["new"] == [number]
    if name == "pandu":
        assert opens("putri", "/problems?waiting=1").ask()["new"] == []
    assert other not in answer["new"]


def test_a_problem_that_a_colleague_accepts_is_not_new_in_the_list_of_the_division(opens, problem, query, employees):
    number, division = problem("escalated"), employees["gita"].division_id
    page = opens("hadi", f"/problems?division={division}")
    page.rows = {}  # as if it were on the second page
    bring(query, employees, number, "accept")
    assert page.ask()["new"] == []


def test_an_old_problem_that_moves_is_not_new_among_all(opens, problem, query, employees):
    number = problem()
    page = opens("hadi")
    page.rows = {}
    bring(query, employees, number, "open")
    assert page.ask()["new"] == []


def test_a_row_that_a_colleague_changed_is_named_with_the_colleague(opens, problem, person):
    number, other = problem(), problem("in_progress")
    page = opens("hana")
    person("hadi").act(other, "closures", solution="Rol diganti.")
    changed = page.ask()["changed"]
    assert changed == {str(other): [int(person("hadi").seen(other)), "Hadi"]} and str(number) not in changed
    assert changed[str(other)][0] > int(page.rows[other]), "by which the page knows that its row is older"


def test_own_changes_and_remarks_mark_no_row(opens, problem, person):
    number = problem("in_progress")
    page = opens("hadi")
    person("rini").act(number, "comments", remark="Masih mati.")
    assert page.ask()["changed"] == {}
    person("hadi").act(number, "closures", solution="Rol diganti.")
    assert page.ask()["changed"] == {}


def test_the_page_of_a_problem_hears_of_its_change_and_of_nothing_new(opens, problem, person):
    number = problem("in_progress")
    page = opens("rini", f"/problems/{number}")
    problem()
    person("hadi").act(number, "closures", solution="Rol diganti.")
    answer = page.ask()
    assert answer["new"] == [] and answer["changed"][str(number)][1] == "Hadi"


def test_rows_of_hidden_problems_tell_nothing(opens, problem, person, query, employees):
    number = problem()
    page = opens("sari")
    page.rows = {number: "1", 999999: "1"}
    bring(query, employees, number, "open")
    person("hadi").client.post(f"/problems/{number}/presences", data=person("hadi").tokens)
    answer = page.ask()
    assert (answer["changed"], answer["present"]) == ({}, {})


def test_beyond_what_is_read_at_once_the_list_is_said_to_be_old(opens, problem, monkeypatch):
    page = opens("hadi")
    monkeypatch.setattr(changes, "MOST_EVENTS", 5)
    made = [problem() for _ in range(4)]
    answer = page.ask()
    assert not answer["is_over"] and sorted(answer["new"]) == made
    made = [problem() for _ in range(3)]
    assert page.ask()["is_over"]
    assert opens("hadi").ask()["is_over"] is False


def test_at_most_a_hundred_are_named(opens, problem, monkeypatch):
    page = opens("hadi")
    monkeypatch.setattr(changes, "MOST_NEW", 3)
    for _ in range(5):
        problem()
    assert len(page.ask()["new"]) == 3


def test_an_event_that_was_committed_late_is_not_missed(opens, database, problem, employees, moved_clock):
    """Its id is lower than that of an event that the page has heard of."""
    page, kind = opens("hadi"), {"asset_kind_id": 1, "asset_id": None}
    with opened(Pool(**database)) as slow:
        with slow.transaction():
            report = (employees["sari"], clock.now(), uuid4(), {"title": "AC", "description": "Mati.", **kind})
            number = Problems(slow).report(*report)
            other = problem()
            moved_clock(seconds=1)
            assert page.ask()["new"] == [other]
        moved_clock(seconds=1)
        assert page.ask()["new"] == [number, other]


def test_an_event_that_was_committed_after_the_page_was_made_is_not_missed(opens, database, employees):
    """Its request began four seconds before the page was made, and waited for a lock."""
    kind, began = {"asset_kind_id": 1, "asset_id": None}, clock.now() + timedelta(seconds=56)
    with opened(Pool(**database)) as slow:
        with slow.transaction():
            report = (employees["sari"], began, uuid4(), {"title": "AC", "description": "Mati.", **kind})
            number = Problems(slow).report(*report)
            page = opens("hadi")
        assert page.rows == {} and page.ask()["new"] == [number]


def test_it_runs_two_statements(opens, problem, statements):  # noqa: F811
    problem(), problem("closed")
    page = opens("hadi", "/problems?store=T001&q=printer&year=2026")
    statements.clear()
    page.ask()
    assert len(statements) == 2, statements


def test_it_is_no_use_of_the_session(app, query, employees, from_nine):  # noqa: F811
    rini, nine = signed_in(app, "rini", employees), from_nine()
    address = rini.get("/problems").select_one("[data-changes]")["data-changes"]
    for _ in range(13):
        from_nine(hours=1)
        response = rini.client.get(address, headers=BY_ITSELF)
    assert response.status_code == 302 and query.one("SELECT seen_at FROM session")["seen_at"] == nine


def test_while_the_database_is_gone_it_says_when_to_ask_again(opens, pool):
    page = opens("hadi")
    with without_database(pool):
        response = page._somebody.client.get(page.place["data-changes"], headers=BY_ITSELF)
    assert response.status_code == 503 and int(response.headers["Retry-After"]) > 0
    with page._somebody.client.session_transaction() as session:
        assert "retries" not in session, "the next request of the person is use"


@pytest.mark.parametrize(
    ("name", "path", "every"),
    [("hadi", "/problems", "30"), ("gita", "/problems?waiting=1", "30"), ("rini", "/problems", "60")]
    + [("susi", "/problems", "60"), ("hadi", "/problems/{number}", "60"), ("rini", "/problems/{number}", "60")],
)
def test_a_handlers_list_asks_every_half_minute_and_others_every_minute(person, problem, name, path, every):
    place = person(name).get(path.format(number=problem())).select_one("[data-changes]")
    assert place["data-every"] == every and place["role"] == "status" and place.text == ""


@pytest.mark.parametrize(
    "given",
    ["", "since=x", "since=-1", f"since={'9' * 15}", "since=1&filters=x", "since=1&filters=", "since=1&rows=x"]
    + ["since=1&rows=1,", "since=1&rows=-1", "since=1&cursor=x", f"since=1&cursor={'9' * 19}"]
    + ["since=1&rows=" + ",".join(["1"] * 101), "since=1&rows=%D9%A1"],
)
def test_what_no_page_sends_is_not_found(person, given):
    person("hadi").get(f"/changes?{given}", 404)


def test_filters_of_another_installation_or_version_are_not_found(app, person, monkeypatch):
    with app.test_request_context():
        token = parse_qs(urlsplit(page_state.changes_url(Filters(status="new"))).query)["filters"][0]
        assert page_state.filters_of(token) == Filters(status="new")
        foreign = page_state._signer().dumps({"colour": "red"})
    person("hadi").get(f"/changes?since=1&filters={token}", 200)
    for text in (foreign, token[:-1], "x" + token):
        person("hadi").get(f"/changes?since=1&filters={text}", 404)


def test_all_filters_survive_their_way_through_the_page(app):
    values = {"datetime": clock.now(), "tuple": (1, 2), "bool": True, "int": 3, "str": "x"}
    fields = {
        field.name: next(value for kind, value in values.items() if kind in str(field.type))
        for field in Filters.__dataclass_fields__.values()
    }
    with app.test_request_context():
        url = page_state.changes_url(Filters(**fields))
        assert page_state.filters_of(parse_qs(urlsplit(url).query)["filters"][0]) == Filters(**fields)


def test_a_frozen_person_hears_nothing_more(opens, query):
    page = opens("hana")
    query.execute("UPDATE employee SET is_frozen = true, session_version = 2 WHERE name = 'Hana'")
    page.ask(302)
