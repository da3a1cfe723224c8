"""Tarik Laporan: the reporter takes back a report that is still new. It is closed for good, and not solved."""

import csv
import io

import pytest

from sih.background.worker import Worker
from sih.dao.problem_counts import ProblemCounts
from sih.dao.problem_lists import ProblemLists
from sih.dao.problems import Problems
from sih.domain import clock
from sih.domain.records import Filters
from tests import form_data
from tests.facts import alert, errors, events, state, value
from tests.problem_pages import buttons, facts, notes, numbers, row, tabs

REASON = "Ternyata kabelnya belum dicolok."
FACTS = """
SELECT is_withdrawn, closed_at IS NOT NULL AS has_end, num_nonnulls(priority, category_id, diagnosis, solution) AS texts
FROM problem WHERE id = %(id)s
"""


def withdraw(person, number: int, status: int = 303, reason: str = REASON, **fields):
    return person.act(number, "withdrawals", status, reason=reason, **fields)


def test_a_withdrawn_report_is_closed_without_identification_and_solution(person, problem, query):
    number = problem()
    withdraw(person("rini"), number)
    assert state(query, number) == ("closed", "Helpdesk", None)
    assert query.one(FACTS, {"id": number}) == {"is_withdrawn": True, "has_end": True, "texts": 0}
    [event] = events(query, number, "withdrawn")
    assert (event["actor"], event["note"]) == ("Rini", REASON)
    page = person("rini").get(f"/problems/{number}")
    assert page.select_one(".badge").text == "Selesai · ditarik" and buttons(page) == []
    assert "Ditarik" in facts(page) and "Menunggu di" not in facts(page) and "Ditutup" not in facts(page)
    history = page.select_one(".history").text
    assert "Ditarik" in history and REASON in history
    assert "Tombol “Beres”" not in page.main.text, "it has no days in which to answer"


@pytest.mark.parametrize("name", ["koko", "hadi", "gita", "susi", "adi"])
def test_everybody_but_the_reporter_is_refused(person, problem, query, name):
    number = problem()
    withdraw(person(name), number, 403)
    person(name).get(f"/problems/{number}/withdrawals/new", 403)
    assert state(query, number)[0] == "new"


@pytest.mark.parametrize("name", ["hadi", "susi", "adi"])
def test_every_role_withdraws_an_own_report(person, problem, query, name):
    number = problem(by=name)
    withdraw(person(name), number)
    assert state(query, number)[0] == "closed"


def test_a_stranger_gets_not_found(person, problem):
    number = problem()
    withdraw(person("sari"), number, 404)
    person("sari").get(f"/problems/{number}/withdrawals/new", 404)


@pytest.mark.parametrize("other", ["in_progress", "escalated", "at pandu", "closed", "withdrawn"])
def test_only_a_new_report_is_withdrawn(person, problem, query, other):
    number = problem(other)
    before = state(query, number)
    withdraw(person("rini"), number, 409)
    person("rini").get(f"/problems/{number}/withdrawals/new", 409)
    assert state(query, number) == before and len(events(query, number, "withdrawn")) == (other == "withdrawn")


@pytest.mark.parametrize("noun", ["openings", "closures", "reopenings", "confirmations", "corrections"])
@pytest.mark.parametrize("name", ["rini", "hadi"])
def test_nothing_more_can_be_done_to_it(person, problem, query, noun, name):
    number = problem("withdrawn")
    fields = form_data.opening(query) | {"solution": "x", "reason": "x", "good": "kind:1"}
    is_of_handlers = noun in ("openings", "closures")
    person(name).act(number, noun, 403 if name == "rini" and is_of_handlers else 409, **fields)
    assert query.one(FACTS, {"id": number})["is_withdrawn"] and len(events(query, number, "withdrawn")) == 1


def test_it_is_still_commented(person, problem, query):
    number = problem("withdrawn")
    person("hadi").act(number, "comments", remark="Baik, terima kasih.")
    assert len(events(query, number, "commented")) == 1


def test_a_double_click_withdraws_once(person, problem, query):
    number = problem()
    seen = person("rini").seen(number)
    for _ in range(2):
        withdraw(person("rini"), number, seen=seen)
    assert len(events(query, number, "withdrawn")) == 1


def test_a_stale_form_keeps_its_text(person, problem, query):
    number = problem()
    seen = person("rini").seen(number)
    person("hadi").act(number, "openings", **form_data.opening(query))
    page = withdraw(person("rini"), number, 409, seen=seen)
    assert "Kendala ini sudah berubah" in alert(page) and REASON in page.main.text
    assert state(query, number)[0] == "in_progress"


def test_an_open_dialog_of_the_helpdesk_is_refused(person, problem, query):
    number = problem()
    seen = person("hadi").seen(number)
    withdraw(person("rini"), number)
    page = person("hadi").act(number, "openings", 409, seen=seen, **form_data.opening(query, diagnosis="Rol aus."))
    assert "Rol aus." in page.main.text and page.select_one("main .badge").text == "Selesai · ditarik"


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (" ", "Tuliskan mengapa laporan ini ditarik."),
        ("x" * 5001, "Paling banyak 5000 karakter; ini kelebihan 1."),
        ("a\x00b", "Teks ini berisi karakter yang tidak dapat disimpan."),
    ],
)
def test_invalid_text_is_explained_beside_the_field(person, problem, query, reason, sentence):
    number = problem()
    page = withdraw(person("rini"), number, 422, reason=reason)
    assert alert(page) == "Harap isi form dengan benar!" and errors(page) == {"reason": sentence}
    assert value(page, "reason") == reason.strip().replace("\x00", "\ufffd") and state(query, number)[0] == "new"


def test_under_selesai_it_stands_as_withdrawn_and_the_tab_counts_it(person, problem, query):
    number, solved = problem("withdrawn"), problem("closed")
    for name in ("rini", "hadi", "susi"):
        page = person(name).get("/problems?status=closed")
        assert numbers(page) == [solved, number] and tabs(page)["Selesai"] == 2 and tabs(page)["Baru"] == 0
        withdrawn = row(page, number)
        assert withdrawn.select_one(".badge").text == "Selesai · ditarik" and "Ditarik" in withdrawn.text
        assert row(page, solved).select_one(".badge").text == "Selesai" and buttons(withdrawn) == []
        assert withdrawn.select_one("input[name=picked]") is None


def test_it_leaves_the_open_ones(person, problem, query, employees):
    problem("withdrawn")
    hadi = employees["hadi"]
    assert numbers(person("hadi").get("/problems?waiting=1")) == []
    for order in ("oldest", "urgent"):
        assert ProblemLists(query).page(hadi, Filters(order=order)) == ([], False)
        assert ProblemCounts(query).of(hadi, Filters()).listed(Filters(order=order)) == 0
    assert "(1)" not in person("hadi").get("/loads").title.text


def test_nobody_is_asked_whether_it_is_solved(person, problem, query, employees):
    problem("withdrawn")
    solved = problem("closed")
    assert [one.id for one in ProblemLists(query).to_answer(employees["rini"], clock.now())] == [solved]
    page = person("rini").get("/problems")
    assert "Selesai, sudah beres?" in page.main.text and len(page.select("section.alert li")) == 1


def test_it_is_found_by_its_words_and_its_reason(person, problem):
    number = problem("withdrawn")
    for words in ("macet", "dicolok"):
        assert numbers(person("hadi").get(f"/problems?q={words}&all=1")) == [number]


def test_the_export_says_so_and_has_no_end_of_it(person, problem, pool):
    problem("closed"), problem("withdrawn")
    susi = person("susi")
    susi.post("/problem-exports", filters="", format="csv")
    place = susi.response.headers["Location"]
    while Worker(pool).step():
        pass
    susi.get(susi.get(place).find("a", string="Unduh berkas")["href"])
    rows = csv.DictReader(io.StringIO(susi.response.data.decode("utf-8-sig")), delimiter=";")
    found = [
        (row["Status"], *(bool(row[name]) for name in row if name.startswith("S") and name != "Status")) for row in rows
    ]
    assert sorted(found) == [("Selesai", *[True] * 4), ("Selesai · ditarik", *[False] * 4)]


def test_the_page_of_its_good_says_so(person, problem, query):
    asset = query.one("SELECT id, kind_id FROM asset WHERE label = 'T001-PRN-01'")
    number = problem("withdrawn", asset_id=asset["id"], asset_kind_id=asset["kind_id"])
    text = " ".join(person("rini").get(f"/assets/{asset['id']}").main.text.split())
    assert f"#{number} Selesai · ditarik" in text and "· Ditarik" in text and "Ditutup" not in text


def test_many_at_once_leave_it_out_by_name(person, problem, query):
    hadi, other = person("hadi"), problem()
    number = problem("withdrawn")
    picked = [f"{one}-{hadi.seen(one)}" for one in (number, other)]
    fields = form_data.opening(query) | form_data.escalation(query, "Umum")
    answer = hadi.client.post(
        "/bulk-actions", data=hadi.tokens | fields | {"verb": "open_and_escalate", "picked": picked}
    )
    assert answer.status_code == 409 and "Statusnya Selesai · ditarik." in answer.text
    assert state(query, other)[0] == "escalated" and state(query, number)[0] == "closed"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("solution = 'x'", "problem_solved_when_closed"),
        ("diagnosis = 'x'", "problem_identified_once_opened"),
        ("confirmed_at = closed_at", "problem_confirmed_only_closed"),
        ("status = 'in_progress', closed_at = NULL", "problem_withdrawn_is_closed"),
        ("is_withdrawn = false", "problem_(identified|solved)"),
        ("holder_employee_id = reporter_id", "problem_new_waits_at_no_person"),
    ],
)
def test_the_schema_holds_it(problem, query, change, constraint):
    number = problem("withdrawn")
    with pytest.raises(Exception, match=constraint):
        query.execute(f"UPDATE problem SET {change} WHERE id = %(id)s", {"id": number})


def test_the_schema_refuses_to_reopen_it(problem, query, employees):
    number = problem("withdrawn")
    seen = Problems(query).visible_to(employees["hadi"], number).last_event_id
    with pytest.raises(Exception, match="problem_identified_once_opened"):
        Problems(query).reopen(number, seen, employees["hadi"], clock.now(), "x")


def test_an_action_from_the_list_returns_to_the_same_place(person, problem):
    number = problem()
    withdraw(person("rini"), number, next="/problems?mine=1")
    assert person("rini").response.location == f"/problems?mine=1#p{number}"
    assert notes(person("rini").get("/problems")) == [f"Laporan #{number} ditarik."]


def test_in_english(person, problem):
    number = problem()
    page = withdraw(person("rini").speaks("en"), number, 422, reason="")
    assert errors(page) == {"reason": "Write why this report is withdrawn."} and page.h1.text == "Withdraw report"
    withdraw(person("rini"), number)
    assert person("rini").get(f"/problems/{number}").select_one(".badge").text == "Closed · withdrawn"
