"""Daftar Kendala: a row offers what its problem allows, as its page does, which alone offers to correct and withdraw;
after saving, the list stands as it was."""

import pytest

from sih.dao.problems import Problems
from sih.domain import clock, policy
from sih.domain.vocabulary import VERBS
from sih.web.templating import NOUNS
from tests.conftest import STEPS
from tests.problem_pages import buttons, row


@pytest.mark.parametrize("name", ["rini", "koko", "hadi", "iwan", "gita", "pandu", "putri", "susi", "adi"])
def test_a_row_offers_what_the_problem_allows_and_so_does_its_page(person, problem, query, employees, name):
    made = [problem(state) for state in STEPS]
    page, me = person(name).get("/problems?all=1"), employees[name]
    for number in made:
        found = Problems(query).visible_to(me, number)
        allowed = policy.actions(me, found, clock.now())
        in_row = [VERBS[verb] for verb in allowed if verb not in policy.ON_ITS_PAGE]
        assert buttons(row(page, number)) == in_row, found.status
        assert buttons(row(person(name).get(f"/problems/{number}"), number)) == [VERBS[verb] for verb in allowed]


@pytest.mark.parametrize("verb", ["open", "close", "escalate", "return", "reopen"])
def test_a_button_opens_the_same_form_as_on_the_page(person, problem, verb):
    states = {"open": "new", "return": "escalated", "reopen": "closed"}
    number, hadi = problem(states.get(verb, "in_progress")), person("hadi")
    places = []
    for path in ("/problems?all=1", f"/problems/{number}"):
        button = row(hadi.get(path), number).find("button", string=VERBS[verb])
        places.append((button["formaction"], "data-dialog-opener" in button.attrs))
    assert places == [(f"/problems/{number}/{NOUNS[verb]}/new", True)] * 2


def test_after_saving_the_list_stands_where_it_was(person, problem):
    number, hadi, place = problem("in_progress"), person("hadi"), "/problems?status=in_progress&q=printer"
    opener = hadi.get(place).select_one("form#act [name=next]")
    form = hadi.get(f"/problems/{number}/closures/new?next={opener['value'].replace('&', '%26')}")
    carried = {field["name"]: field["value"] for field in form.select("main form input[type=hidden]")}
    hadi.act(number, "closures", **{**carried, "solution": "Kabel diganti."})
    assert hadi.response.location == f"{place}#p{number}"


def test_what_acts_at_once_returns_to_the_list_too(person, problem):
    number, gita = problem("escalated"), person("gita")
    page = gita.get("/problems?waiting=1")
    button = row(page, number).find("button", string="Terima")
    carried = {field["name"]: field["value"] for field in page.select("form#do input")}
    gita.post(button["formaction"], **carried, seen=button["value"])
    assert gita.response.location == f"/problems?waiting=1#p{number}"
