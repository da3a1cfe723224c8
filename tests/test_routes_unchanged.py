"""Requests that change nothing: every page by every role, and every form without its CSRF token."""

import pytest

from tests.company import PIN
from tests.routes import contents, routes

pytestmark = pytest.mark.shared_database  # nothing here is stored

NOTED = ("security_event", "security_tally")  # what was refused, and which lists left, stands there
ROLES = [None, "rini", "sari", "hadi", "gita", "pandu", "susi", "adi"]
STATES = ["new", "in_progress", "escalated", "at pandu", "closed"]
FILTERS = "?year=2026&status=closed&priority=high&division=1&store=T001&mine=1&waiting=1&q=printer&after=1-1"
# Each is whole as it is.
WITHOUT_FIELDS = ("login.destroy", "sign_outs.create", "default_views.create", "presences.create")
WITHOUT_FIELDS += (
    "follows.create",
    "follows.destroy",
    "test_mails.create",
    "repeats.create",
    "report_drafts.create",
    "report_drafts.destroy",
)
WORDS = {
    "nik": "10000001",
    "pin": PIN,
    "solution": "Beres.",
    "remark": "Beres.",
    "language": "en",
    "theme": "dark",
}


@pytest.fixture
def unchanged(query, problem, person):
    """Makes a problem of each state and signs everybody in, and holds afterwards that nothing else was stored. Gives
    the numbers of the problems."""
    for name in (*ROLES, "hana"):
        person(name)
    numbers = [problem(state) for state in STATES]
    before = contents(query, NOTED)
    yield numbers
    assert contents(query, NOTED) == before


@pytest.mark.parametrize("name", ROLES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(person, app, unchanged, name, method):
    for route in routes(app, method):
        for number in unchanged if route.is_of_a_problem else unchanged[:1]:
            for more in ("", FILTERS):
                response = person(name).client.open(route.path(number) + more, method=method)
                assert response.status_code < 500, route.rule


@pytest.mark.parametrize("name", [None, "hadi"])
def test_a_head_is_a_get_without_the_page(person, app, unchanged, name):
    client = person(name).client
    for route in routes(app, "GET"):
        head, get = (client.open(route.path(unchanged[0]), method=method) for method in ("HEAD", "GET"))
        assert (head.status_code, head.location) == (get.status_code, get.location), route.rule
        assert head.data == b""


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(person, app, unchanged, method):
    for route in routes(app):
        response = person("hadi").client.open(route.path(unchanged[0]), method=method, data=person("hadi").tokens)
        assert response.status_code == 405, route.rule


@pytest.mark.parametrize("token", [{}, {"csrf_token": ""}, {"csrf_token": "IjEi.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"}])
@pytest.mark.parametrize("name", [None, "rini", "hadi", "adi"])
def test_a_form_without_its_token_is_refused(person, app, unchanged, name, token):
    for route in routes(app, "POST"):
        response = person(name).client.post(route.path(unchanged[0]), data={**WORDS, **token})
        assert response.status_code == 400, route.rule


def test_the_token_of_another_browser_is_refused(person, app, unchanged):
    theirs = {"csrf_token": person("hana").tokens["csrf_token"]}
    for route in routes(app, "POST"):
        response = person("hadi").client.post(route.path(unchanged[1]), data={**WORDS, **theirs})
        assert response.status_code == 400, route.rule


@pytest.mark.parametrize("name", ["rini", "hadi", "adi"])
def test_an_empty_form_stores_nothing(person, app, unchanged, name):
    for route in routes(app, "POST"):
        if route.guard != "public" and route.endpoint not in WITHOUT_FIELDS:
            assert person(name).client.post(route.path(unchanged[2]), data=person(name).tokens).status_code >= 400
