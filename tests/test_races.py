"""Concurrent actions on one problem: one succeeds, others are refused and keep their text; double clicks succeed."""

import pytest

from sih.dao.query import Pool
from tests import company, form_data
from tests.concurrency import before_one_problem
from tests.facts import alert, amount, events, state
from tests.people import Person

CROWD = 20
CORRECTED = {"title": "Printer kasir macet", "description": "Kertas tersangkut."}
TOLD = "Kendala ini sudah berubah sejak halaman Anda dibuka. Belum ada yang disimpan."


@pytest.fixture
def pool(database):
    """A connection for everybody."""
    pool = Pool(size=CROWD + 4, wait=60, **database)
    yield pool
    pool.close()


@pytest.fixture
def helpdesk(app, query) -> list[Person]:
    """Twenty handlers, each at a computer of their own."""
    for number in range(CROWD):
        facts = {"nik": f"2100{number:04}", "name": f"Handler{number}", "role": "handler", "store": "T001"}
        query.execute(company.EMPLOYEE, {**facts, "division": "Helpdesk", "department": None, "pin_hash": None})
    everybody = company.people(query)
    return [Person(app, everybody[f"handler{number}"]) for number in range(CROWD)]


@pytest.fixture
def race(database):
    """race(number, senders) gives the statuses; each sender is (person, noun, fields), all with this page's event."""

    def run(number: int, senders: list) -> list[int]:
        seen = senders[0][0].seen(number)

        def sender(person, noun, fields):
            forms = {**person.tokens, "seen": seen, **fields}
            return lambda: person.client.post(f"/problems/{number}/{noun}", data=forms)

        responses = before_one_problem(database, number, [sender(*each) for each in senders])
        conflicts = [response for response in responses if response.status_code == 409]
        assert all(TOLD in response.text for response in conflicts)
        return sorted(response.status_code for response in responses)

    return run


def test_of_twenty_concurrent_openings_one_succeeds_and_nineteen_are_refused(problem, query, helpdesk, race):
    number, form = problem(), form_data.opening(query)
    assert race(number, [(person, "openings", form) for person in helpdesk]) == [303] + [409] * 19
    assert len(events(query, number, "opened")) == 1 and amount(query, "event") == 2


ALONE = {
    "closures": ("in_progress", {"solution": "Rol diganti."}, "closed"),
    "acceptances": ("escalated", {}, "accepted"),
    "returns": ("escalated", {"reason": "Bukan di sini."}, "returned"),
    "reopenings": ("closed", {"reason": "Macet lagi."}, "reopened"),
}


@pytest.mark.parametrize("noun", ALONE)
def test_of_eight_concurrent_actions_one_succeeds_and_seven_are_refused(problem, query, helpdesk, race, noun):
    before, form, kind = ALONE[noun]
    number = problem(before)
    assert race(number, [(person, noun, form) for person in helpdesk[:8]]) == [303] + [409] * 7
    assert len(events(query, number, kind)) == 1


def test_of_eight_concurrent_escalations_to_different_holders_one_succeeds(problem, query, helpdesk, race):
    number, forms = (
        problem("in_progress"),
        [form_data.escalation(query, place) for place in ("Umum", "Jaringan", "Pandu")],
    )
    senders = [(person, "escalations", forms[turn % 3]) for turn, person in enumerate(helpdesk[:8])]
    assert race(number, senders) == [303] + [409] * 7
    [event] = events(query, number, "escalated")
    assert state(query, number) == ("escalated", event["division"], event["employee"])


def test_of_two_different_concurrent_actions_one_succeeds(person, problem, query, race):
    number = problem("escalated")
    senders = [(person("gita"), "acceptances", {}), (person("hana"), "returns", {"reason": "Salah kirim."})]
    assert race(number, senders) == [303, 409]
    assert len(events(query, number, "accepted") + events(query, number, "returned")) == 1


def test_of_opening_correcting_and_withdrawing_at_once_one_succeeds(app, employees, person, problem, query, race):
    number, rini = problem(), lambda: Person(app, employees["rini"])
    correction = {"title": "Lain", "description": "Lain.", **form_data.correction(query, number)}
    senders = [(rini(), "withdrawals", {"reason": "Sudah nyala."}), (rini(), "corrections", correction)]
    senders += [(person("hadi"), "openings", form_data.opening(query))]
    senders += [(person("hana"), "corrections", form_data.correction(query, number))]
    assert race(number, senders) == [303, 409, 409, 409]
    assert (
        amount(query, "event") == 2 and amount(query, "problem WHERE last_event_id = (SELECT max(id) FROM event)") == 1
    )


DOUBLE = {
    "openings": ("new", "hadi", lambda query: form_data.opening(query), "opened"),
    "closures": ("in_progress", "hadi", lambda query: {"solution": "Rol diganti."}, "closed"),
    "escalations": ("in_progress", "hadi", lambda query: form_data.escalation(query, "Pandu"), "escalated"),
    "acceptances": ("escalated", "gita", lambda query: {}, "accepted"),
    "returns": ("escalated", "gita", lambda query: {"reason": "Salah kirim."}, "returned"),
    "reopenings": ("closed", "rini", lambda query: {"reason": "Macet lagi."}, "reopened"),
    "confirmations": ("closed", "rini", lambda query: {}, "confirmed"),
    "withdrawals": ("new", "rini", lambda query: {"reason": "Sudah nyala."}, "withdrawn"),
    "corrections": ("new", "rini", lambda query: CORRECTED | {"good": form_data.report(query)["good"]}, "corrected"),
}


@pytest.mark.parametrize("noun", DOUBLE)
def test_concurrent_clicks_of_one_person_act_once_without_an_error(app, employees, problem, query, race, noun):
    before, name, form, kind = DOUBLE[noun]
    number = problem(before)
    assert race(number, [(Person(app, employees[name]), noun, form(query)) for _ in range(4)]) == [303] * 4
    assert len(events(query, number, kind)) == 1


def test_a_form_from_an_earlier_round_is_refused_though_the_status_is_the_same(person, problem, query):
    number = problem("in_progress")
    old = person("hadi").seen(number)
    person("hana").act(number, "closures", solution="Rol diganti.")
    person("rini").act(number, "reopenings", reason="Macet lagi.")
    page = person("hadi").act(number, "closures", 409, seen=old, solution="Kabel dipasang.")
    assert alert(page) == TOLD and "Kabel dipasang." in page.main.text
    assert state(query, number)[0] == "in_progress" and len(events(query, number, "closed")) == 1
