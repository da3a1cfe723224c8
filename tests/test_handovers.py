"""The problems of a PIC who leaves, also when a problem arrives at the moment of the freeze."""

import pytest

from bench.databases import opened
from sih.dao.audits import signed
from sih.dao.employees import Employees
from sih.dao.handovers import Handovers
from sih.dao.problems import Problems
from sih.dao.query import Pool
from sih.domain import clock
from sih.domain.errors import Stale
from tests.concurrency import all_at_once
from tests.facts import events, state
from tests.master_forms import form_values
from tests.problem_pages import facts


def test_a_frozen_pic_receives_no_problem(query, problem, employees):
    number, hadi, pandu = problem("in_progress"), employees["hadi"], employees["pandu"]
    with signed(query, clock.now(), employees["adi"].id):
        Employees(query).freeze(pandu.nik)
    seen = Problems(query).visible_to(hadi, number).last_event_id
    with pytest.raises(Stale):
        Problems(query).escalate(number, seen, hadi, clock.now(), "Perlu PIC.", pandu.division_id, pandu.id)
    assert state(query, number) == ("in_progress", "Helpdesk", None)


def test_concurrent_freeze_and_escalation_leave_no_problem_at_the_frozen_pic(database, query, problem, employees):
    number, hadi, pandu, adi = problem("in_progress"), employees["hadi"], employees["pandu"], employees["adi"]
    seen = Problems(query).visible_to(hadi, number).last_event_id

    def give():
        with opened(Pool(**database)) as mine:
            try:
                Problems(mine).escalate(number, seen, hadi, clock.now(), "Perlu PIC.", pandu.division_id, pandu.id)
            except Stale:
                return "refused"
        return "given"

    def freeze():
        with opened(Pool(**database)) as mine, signed(mine, clock.now(), adi.id):
            Employees(mine).freeze(pandu.nik)
            Handovers(mine).hand_on(pandu.id, adi, clock.now(), "Keluar.")

    all_at_once([give, freeze])
    assert state(query, number)[2] is None


def test_problems_of_a_pic_who_changes_division_stay_in_the_division(person, query, problem, employees):
    number, pandu = problem("at pandu"), employees["pandu"]
    values = {"nik": pandu.nik, "name": "Pandu", "role": "handler", "store": "T001", "division": "Umum"}
    page = person("adi").get(f"/employees/{pandu.id}/edit")
    assert "1 kendala pada orang ini." in page.main.text
    person("adi").post(f"/employees/{pandu.id}", seen=1, department="", email="", **values)
    assert state(query, number) == ("escalated", "Aplikasi", None)
    assert events(query, number, "escalated")[-1]["actor"] == "Adi"


@pytest.mark.parametrize("name", ["rini", "hadi", "susi", "adi"])
def test_the_page_of_a_moved_problem_names_the_admin(person, query, problem, employees, name):
    number, pandu = problem("at pandu"), employees["pandu"]
    adi = person("adi")
    adi.post(f"/employees/{pandu.id}/freezes", reason="Keluar.", handover="division")
    query.execute("UPDATE employee SET store_id = (SELECT store_id FROM problem LIMIT 1)")
    page = person(name).get(f"/problems/{number}")
    assert facts(page)["Dialihkan oleh"] == "Pandu (Aplikasi), dilakukan oleh Adi (40000001)"
    assert "Adi (40000001)" in page.select(".history li")[-1].text


def test_a_renamed_pic_keeps_the_problems(person, query, problem, employees):
    number, pandu = problem("at pandu"), employees["pandu"]
    values = {"nik": pandu.nik, "name": "Pandu W.", "role": "handler", "store": "T001", "division": "IT > Aplikasi"}
    person("adi").post(f"/employees/{pandu.id}", seen=1, department="IT > Aplikasi > Kasir", email="", **values)
    assert state(query, number)[2] == "Pandu W."


@pytest.mark.parametrize("given", ["at pandu", "escalated to pandu"])
def test_handing_on_is_idempotent(query, problem, employees, given):
    number, adi = problem(given), employees["adi"]
    amounts = []
    for _ in range(2):
        with signed(query, clock.now(), adi.id):
            amounts.append(Handovers(query).hand_on(employees["pandu"].id, adi, clock.now(), "Keluar."))
    assert amounts == [1, 0] and state(query, number)[2] is None


@pytest.fixture
def frozen(person, employees):
    """frozen("pandu") is what adi does with him."""
    return lambda name: person("adi").post(f"/employees/{employees[name].id}/freezes", reason="Keluar.")


def given_on(query, employees, number: int) -> None:
    """By Pandu, who holds it, to Umum."""
    problems, pandu = Problems(query), employees["pandu"]
    seen = problems.visible_to(pandu, number).last_event_id
    problems.escalate(number, seen, pandu, clock.now(), "Bukan kasir.", employees["gita"].division_id, None)


def test_a_problem_returned_to_a_frozen_pic_goes_to_the_division(person, query, problem, employees, frozen):
    number = problem("at pandu")
    given_on(query, employees, number)
    frozen("pandu")
    person("gita").act(number, "returns", reason="Bukan kami.")
    assert state(query, number) == ("in_progress", "Aplikasi", None)


@pytest.mark.parametrize(("is_frozen", "holder"), [(True, None), (False, "Pandu")])
def test_a_reopened_problem_goes_to_its_last_active_holder(
    person, query, problem, employees, frozen, is_frozen, holder
):
    number, pandu = problem("at pandu"), employees["pandu"]
    problems = Problems(query)
    problems.close(number, problems.visible_to(pandu, number).last_event_id, pandu, clock.now(), "Beres.")
    if is_frozen:
        frozen("pandu")
    person("rini").act(number, "reopenings", reason="Belum beres.")
    assert state(query, number) == ("in_progress", "Aplikasi", holder)


def test_a_deactivated_division_keeps_its_employees_and_problems(person, query, problem, employees):
    number, adi = problem("at pandu"), person("adi")
    path = f"/divisions/{employees['pandu'].division_id}"
    adi.post(path, **form_values(adi.get(f"{path}/edit")) | {"active": "no"})
    assert "Aplikasi" in person("rini").get(f"/problems/{number}").main.text
    adi.post(f"/employees/{employees['pandu'].id}/freezes", reason="Keluar.", handover="division")
    person("putri").act(number, "acceptances")
    person("putri").act(number, "closures", solution="Selesai.")
    assert state(query, number)[:2] == ("closed", "Aplikasi")
