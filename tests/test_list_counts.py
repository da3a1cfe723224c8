"""Daftar Kendala: the counts of the tabs are kept, and equal what a count would give, for everybody at every step."""

import pytest

from sih.dao.problem_counts import ProblemCounts
from sih.dao.problems import Problems
from sih.domain import clock
from tests.conftest import bring
from tests.facts import id_of
from tests.problem_pages import numbers, tabs

EVERYBODY = ["rini", "koko", "sari", "hadi", "gita", "pandu", "susi", "adi"]
COUNTED = """
SELECT status, count(*) AS amount
FROM problem
WHERE %(sees_all)s OR store_id = %(store_id)s OR reporter_id = %(id)s
GROUP BY status
"""
WAITING = """
SELECT count(*) AS amount
FROM problem
WHERE status <> 'closed'
  AND CASE WHEN holder_employee_id IS NULL THEN holder_division_id = %(division_id)s
           ELSE holder_employee_id = %(id)s END
"""
WORDS = {"new": "Baru", "in_progress": "Ditangani", "escalated": "Dialihkan", "closed": "Selesai"}
UMUM, PANDU = ("open", "to Umum"), ("open", "to pandu")
LIVES = {
    "reported": (),
    "opened": ("open",),
    "closed": ("open", "close"),
    "reopened": ("open", "close", "reopen"),
    "handed over": UMUM,
    "accepted": (*UMUM, "accept"),
    "returned": (*UMUM, "return"),
    "to a PIC": PANDU,
    "accepted by a PIC": (*PANDU, "accept"),
    "from a PIC to a division": (*PANDU, "accept", "to Umum"),
    "closed elsewhere": (*UMUM, "accept", "close"),
}


def counted(query, me) -> dict[str, int]:
    """As the tabs should say it, counted one by one."""
    sees_all = me.role in ("handler", "supervisor")
    rows = query.select(COUNTED, {"sees_all": sees_all, "store_id": me.store_id, "id": me.id})
    amounts = {row["status"]: row["amount"] for row in rows}
    waiting = query.one(WAITING, {"division_id": me.division_id, "id": me.id})["amount"]
    own = {"Menunggu saya": waiting} if me.role == "handler" else {}
    return own | {"Semua": sum(amounts.values()), **{word: amounts.get(code, 0) for code, word in WORDS.items()}}


def take(query, employees, number: int, verb: str) -> None:
    problems, hadi = Problems(query), employees["hadi"]
    if verb not in ("return", "reopen"):
        return bring(query, employees, number, verb)
    do = {"return": problems.send_back, "reopen": problems.reopen}[verb]
    return do(number, problems.visible_to(hadi, number).last_event_id, hadi, clock.now(), "Belum beres.")


@pytest.mark.parametrize("life", LIVES)
def test_the_counts_are_right_after_every_step_for_everybody(person, problem, query, employees, life):
    made = [problem(by=by) for by in ("rini", "koko", "sari")]
    for verb in (None, *LIVES[life]):
        if verb:
            take(query, employees, made[0], verb)
        for name in EVERYBODY:
            assert tabs(person(name).get("/problems")) == counted(query, employees[name]), (name, verb)


def test_folding_does_not_change_the_counts(person, problem, query, employees):
    for state in ("new", "in_progress", "escalated", "at pandu", "closed"):
        problem(state), problem(state, by="sari")
        for _ in range(2):
            for name in ("rini", "sari", "hadi"):
                assert tabs(person(name).get("/problems")) == counted(query, employees[name]), (name, state)
            ProblemCounts(query).fold()


def test_own_reports_in_another_store_are_counted(person, problem, query, employees):
    problem(by="rini"), problem("closed", by="rini"), problem(by="koko"), problem(by="sari")
    query.execute("UPDATE employee SET store_id = (SELECT id FROM store WHERE code = 'T002') WHERE name = 'Rini'")
    assert tabs(person("rini").get("/problems"))["Semua"] == 3
    assert tabs(person("rini").get("/problems?store=T001")) == {
        "Semua": 2,
        "Baru": 1,
        "Ditangani": 0,
        "Dialihkan": 0,
        "Selesai": 1,
    }


@pytest.mark.parametrize("name", ["rini", "sari", "hadi", "susi"])
def test_with_filters_for_store_holder_and_year_each_tab_counts_its_list(person, problem, query, name):
    for state in ("new", "in_progress", "escalated", "at Umum", "closed"):
        problem(state), problem(state, by="sari")
    umum, year = id_of(query, "division", "Umum"), clock.today().year
    for words in ("", "store=T001", "store=T002", f"division={umum}", f"year={year}", "year=2001"):
        for more in ("", f"&store=T001&division={umum}&year={year}"):
            page = person(name).get(f"/problems?{words}{more}")
            for link in page.select("nav[aria-label=Status] a"):
                amount = len(numbers(person(name).get(link["href"])))
                assert int(link.select_one(".count").text) == amount, link["href"]


def test_the_chosen_status_does_not_change_the_counts(person, problem):
    problem(), problem("closed")
    hadi = person("hadi")
    assert tabs(hadi.get("/problems?status=closed")) == tabs(hadi.get("/problems"))


@pytest.mark.parametrize(
    "query_string",
    [
        "q=printer",
        "priority=high",
        "mine=1",
        "category=1",
        "kind=1",
        "reporter=rini",
        "pic=pandu",
        "since=2024-01-01",
        "until=2024-01-01",
        "store=T009",
        "q=printer&year=2026",
    ],
)
def test_with_filters_that_have_no_stored_count_the_tabs_show_no_number(person, problem, query_string):
    problem()
    numbers = tabs(person("hadi").get(f"/problems?{query_string}"))
    assert numbers.pop("Menunggu saya") == 1 and set(numbers.values()) == {None}


def test_invalid_filters_do_not_hide_the_counts(person, problem):
    problem()
    assert tabs(person("hadi").get("/problems?q=...&priority=x"))["Semua"] == 1
