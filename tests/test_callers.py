"""Mencatat untuk penelepon: a handler reports a problem for a caller; no other role may."""

from uuid import uuid4

import pytest

WORDS = {"title": "AC bocor", "description": "Air menetes."}
RECORDED = """
SELECT r.name AS reporter, s.code AS store, a.name AS actor, p.asset_id
FROM problem p JOIN employee r ON r.id = p.reporter_id JOIN store s ON s.id = p.store_id
JOIN event e ON e.problem_id = p.id JOIN employee a ON a.id = e.actor_id
"""


def asset(query, label: str) -> str:
    return f"asset:{query.one('SELECT id FROM asset WHERE label = %(label)s', {'label': label})['id']}"


def test_a_handler_chooses_among_the_goods_of_the_callers_store(person, query, employees):
    page = person("hadi").post("/problems", 200, caller=employees["sari"].nik, step="caller", title="AC bocor")
    offered = {option["value"] for option in page.select("#good option")}
    assert asset(query, "T002-AC-01") in offered and asset(query, "T001-PRN-01") not in offered
    assert page.select_one("#title")["value"] == "AC bocor"
    assert query.select(RECORDED) == []


def test_the_report_belongs_to_the_caller_and_names_the_recording_handler(person, query, employees):
    good = asset(query, "T002-AC-01")
    person("hadi").post("/problems", caller=employees["sari"].nik, good=good, token=str(uuid4()), **WORDS)
    facts = query.one_or_none(RECORDED)
    assert (facts["reporter"], facts["store"], facts["actor"]) == ("Sari", "T002", "Hadi")


def test_a_double_submission_records_one_problem(person, query, employees):
    fields = {"caller": employees["sari"].nik, "good": asset(query, "T002-AC-01"), "token": str(uuid4()), **WORDS}
    person("hadi").post("/problems", **fields)
    person("hadi").post("/problems", **fields)
    assert len(query.select(RECORDED)) == 1


@pytest.mark.parametrize("nik", ["99999999", "<b>"])
def test_an_unknown_caller_is_explained_beside_the_field(person, query, nik):
    page = person("hadi").post("/problems", 422, caller=nik, good="", token=str(uuid4()), **WORDS)
    assert "tidak terdaftar" in page.select_one("#caller-error").text
    assert query.select(RECORDED) == []


@pytest.mark.parametrize("name", ["rini", "susi", "adi"])
def test_only_handlers_record_for_others(person, query, employees, name):
    kind = query.one("SELECT id FROM asset_kind WHERE name = 'AC'")["id"]
    fields = {"caller": employees["sari"].nik, "good": f"kind:{kind}", "token": str(uuid4()), **WORDS}
    person(name).post("/problems", **fields)
    assert query.one(RECORDED)["reporter"] == name.capitalize()


def test_a_caller_is_found_by_name_and_taken_by_a_button(person, query, employees):
    query.execute("UPDATE employee SET is_frozen = true WHERE name = 'Koko'")
    page = person("hadi").post("/problems", 200, caller="sar", step="caller", title="AC bocor")
    [found] = page.select("[name=step][value^='caller:']")
    assert found.text == "10000003 Sari · T002 Panakkukang"
    page = person("hadi").post("/problems", 200, caller="sar", step=found["value"], title="AC bocor")
    assert page.select_one("#caller")["value"] == "10000003" and page.select_one("#title")["value"] == "AC bocor"
    assert asset(query, "T002-AC-01") in {option["value"] for option in page.select("#good option")}
    for words in ("koko", "tidak ada", "---"):
        page = person("hadi").post("/problems", 200, caller=words, step="caller")
        assert not page.select("[value^='caller:']") and "tidak terdaftar" in page.select_one("#caller-error").text
    for name in ("rini", "susi"):
        assert not person(name).post("/problems", 200, caller="sar", step="caller").select("[value^='caller:']")


@pytest.mark.parametrize("nik", ["1000-0003", "1000 0003", "\u202a10000003"])
def test_a_pasted_nik_of_the_caller_is_understood(person, query, nik):
    good = asset(query, "T002-AC-01")
    person("hadi").post("/problems", caller=nik, good=good, token=str(uuid4()), **WORDS)
    assert query.one_or_none(RECORDED)["reporter"] == "Sari"


def test_a_search_that_finds_somebody_is_no_error_and_a_chosen_caller_leads_to_the_good(person):
    page = person("hadi").post("/problems", 200, caller="sar", step="caller")
    assert not page.select("[aria-invalid]") and page.select("[name=step][value^='caller:']")
    page = person("hadi").post("/problems", 200, caller="sar", step="caller:10000003")
    assert page.select_one("[autofocus]")["name"] == "good"


def test_callers_are_suggested_to_handlers_only(person):
    assert person("hadi").get("/problems/new").select_one("#caller[data-picker=employee][list=caller-list]")
    assert person("hadi").get("/problems/new").select_one("script[src*=callers]")
    assert not person("rini").get("/problems/new").select("[data-picker], script[src*=callers]")
