"""Every role tried on every route, nobody and a stranger too: who is let in, who must sign in, who is refused."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.people import Person
from tests.routes import contents, routes

pytestmark = pytest.mark.shared_database  # nothing here is stored

SIGNED_IN = ["rini", "koko", "sari", "hadi", "gita", "pandu", "susi", "adi"]
ALLOWED = {"handlers_only": {"hadi", "gita", "pandu"}, "admins_only": {"adi"}}
ALLOWED["supervisors_only"] = {"susi"}
STATES = ["new", "in_progress", "escalated", "closed", "withdrawn"]
# Refused by the problem as it stands, or by a form with nothing in it, but let in.
LET_IN = {200, 302, 303, 401, 404, 409, 422}


# Ends the session of whoever is asked next, too; tests/test_sign_outs.py tries it for each role.
ENDS_EVERY_SESSION = "sign_outs.create"


def answers(person, method: str, number: int) -> dict[str, int]:
    """What each route answers to this person. A form is sent with its token and nothing filled in."""
    found, requested = {}, [r for r in routes(person.client.application, method) if r.endpoint != ENDS_EVERY_SESSION]
    for route in sorted(requested, key=lambda route: route.endpoint == "login.destroy"):
        fields = {"data": person.tokens} if method == "POST" else {}
        found[route.endpoint] = person.client.open(route.path(number), method=method, **fields).status_code
    return found


def guards(app, method: str) -> dict[str, str]:
    return {route.endpoint: route.guard for route in routes(app, method)}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", SIGNED_IN)
def test_each_role_gets_the_answer_of_the_guard(person, app, problem, name, method):
    declared = guards(app, method)
    for endpoint, status in answers(person(name), method, problem()).items():
        if name not in ALLOWED.get(declared[endpoint], SIGNED_IN):
            assert status == 403, endpoint
        else:
            assert status in LET_IN | {403}, endpoint


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_gets_not_found_for_problems_of_another_store(person, app, problem, state, method):
    of_problems = {route.endpoint for route in routes(app, method) if route.is_of_a_problem}
    found = answers(person("sari"), method, problem(state))
    assert {found[endpoint] for endpoint in of_problems} == {403, 404}
    assert found.get("problems.show", 404) == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hidden_and_missing_problems_look_the_same(app, employees, problem, method):
    def of_a_problem(number: int) -> dict[str, int]:
        found, of_problems = answers(Person(app, employees["sari"]), method, number), routes(app, method)
        return {route.endpoint: found[route.endpoint] for route in of_problems if route.is_of_a_problem}

    assert of_a_problem(problem()) == of_a_problem(2**62)


def test_a_visitor_is_asked_to_sign_in_and_returns(person, app, problem):
    nobody, number = person(None), problem()
    for route in routes(app, "GET"):
        response = nobody.client.get(f"{route.path(number)}?q=a+b")
        if route.guard != "public":
            place = urlsplit(response.location)
            assert (response.status_code, place.path) == (302, "/login"), route.rule
            assert parse_qs(place.query) == {"next": [f"{route.path(number)}?q=a+b"]}


def test_forms_of_a_visitor_store_nothing(person, app, problem, query):
    nobody, number = person(None), problem()
    before = contents(query)
    for route in routes(app, "POST"):
        if route.guard != "public":
            response = nobody.client.post(route.path(number), data=nobody.tokens)
            assert (response.status_code, urlsplit(response.location).path) == (303, "/login"), route.rule
    assert contents(query) == before


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5", "9" * 19, "9" * 5000, "1%00", "٣", "1'--"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_invalid_problem_number_is_not_found(person, app, number, method):
    hadi = person("hadi")
    for route in routes(app, method):
        if route.is_of_a_problem:
            response = hadi.client.open(route.path(number), method=method, data=hadi.tokens)
            assert response.status_code == 404, route.rule
