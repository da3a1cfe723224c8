"""Sudah dilaporkan?: open problems of the store that a report may repeat, shown while it is written and once more at
sending; of other stores only how many have the same trouble."""

from datetime import timedelta
from uuid import uuid4

import pytest

from sih.dao.problems import Problems
from sih.domain import clock
from sih.domain.records import Reporter
from tests import form_data
from tests.facts import amount, errors, id_of, value

FIRST = {"title": "Struk nyangkut", "description": "Kertas struk macet di dalam printer kasir 1"}
AGAIN = {"title": "printer paper jam", "description": "krts struknya tersangkut mulu di kasir satu, tolong"}
ELSE = {"title": "Minta printer baru", "description": "Kasir 4 mau dibuka untuk lebaran"}

STORES = """
INSERT INTO store (code, name, city, time_zone)
SELECT code, 'Toko ' || code, 'Bogor', 'Asia/Jakarta' FROM unnest(%(stores)s) AS code
"""


@pytest.fixture
def report(person, query):
    def send(name: str, words: dict, status: int = 303, **others):
        return person(name).post("/problems", status, **form_data.report(query) | words | others)

    return send


def shown(page) -> list[str]:
    return [link.text for link in page.select("[data-repeats] li a")]


def test_a_repeat_comes_back_once_with_what_was_typed(report, person, query):
    report("rini", FIRST)
    page = report("koko", AGAIN, 200)
    assert shown(page) == ["#1"] and "Struk nyangkut" in page.main.text and "Sudah dilaporkan?" in page.main.text
    assert value(page, "title") == AGAIN["title"] and value(page, "description") == AGAIN["description"]
    assert amount(query, "problem") == 1
    assert [button.text.strip() for button in page.select("form.medium > button")] == ["Kirim juga"]
    report("koko", AGAIN, anyway="1")
    assert amount(query, "problem") == 2


def test_what_the_page_has_shown_is_not_asked_again(report, query):
    report("rini", FIRST)
    report("koko", AGAIN, shown="1")
    assert amount(query, "problem") == 2
    page = report("koko", AGAIN, 200, shown="1")
    assert set(shown(page)) == {"#1", "#2"}


def test_another_trouble_and_another_store_are_not_held_up(report, query):
    report("rini", FIRST)
    report("koko", ELSE)
    report("sari", AGAIN)
    assert amount(query, "problem") == 3


def test_what_is_closed_is_not_repeated(report, person, problem, query):
    report("rini", FIRST)
    hadi = person("hadi")
    hadi.act(1, "openings", **form_data.opening(query))
    hadi.act(1, "closures", solution="Kertas diganti.")
    report("koko", AGAIN)


def test_a_second_click_is_no_repeat_of_itself(report, query):
    token = str(uuid4())
    report("rini", FIRST, token=token)
    report("rini", FIRST, token=token)
    assert amount(query, "problem") == 1


def test_a_caller_is_asked_about_the_own_store(report, employees, query):
    report("rini", FIRST)
    report("hadi", AGAIN, caller=employees["sari"].nik)
    page = report("hadi", AGAIN, 200, caller=employees["koko"].nik)
    assert shown(page) == ["#1"]


def test_the_page_asks_while_the_report_is_written(report, person, query):
    report("rini", FIRST)
    good = form_data.report(query)["good"]
    page = person("koko").post("/repeats", 200, good=good, title="kertas struk jam", description="")
    assert [link.text for link in page.select("[data-repeats] li a")] == ["#1"]
    assert page.select_one("[name=shown]")["value"] == "1"
    assert (
        not person("sari")
        .post("/repeats", 200, good=good, title="kertas struk jam", description="")
        .select("[data-repeats] a")
    )
    for unfinished in ({}, {"good": ""}, {"good": "kind:99"}, {"good": good}, {"good": good, "title": "x" * 9000}):
        assert not person("koko").post("/repeats", 200, **unfinished).select("[data-repeats] a")


def test_a_usual_trouble_without_words_may_repeat_another_report(report, person, query):
    trouble = {"title": "", "description": "", "trouble": id_of(query, "trouble", "Kertas macet")}
    report("rini", trouble)
    page = report("koko", trouble, 200)
    assert shown(page) == ["#1"] and value(page, "trouble") == str(trouble["trouble"])
    page = person("koko").post("/repeats", 200, **form_data.report(query) | trouble)
    assert shown(page) == ["#1"] and errors(page) == {}
    report("koko", trouble, anyway="1")
    assert amount(query, "problem") == 2


def test_of_other_stores_only_the_kind_the_trouble_and_their_number_are_told(person, employees, query):
    kind = id_of(query, "asset_kind", "Printer")
    query.execute(STORES, {"stores": ["X1", "X2", "X3"]})
    add(query, kind, employees["sari"], clock.now() - timedelta(hours=1))
    page = person("koko").post("/repeats", 200, good=f"kind:{kind}", **AGAIN)
    assert "Kendala yang sama di 3 toko lain" in page.text and "Printer" in page.text
    told = page.select_one("[data-repeats]")
    assert not told.select("a") and "nyangkut" not in told.text and "Toko X" not in told.text
    assert page.select_one("[name=shown]")["value"] == "elsewhere"


@pytest.mark.parametrize(("stores", "hours"), [(["X1", "X2"], 1), (["X1", "X2", "X3"], 7)])
def test_few_stores_or_long_ago_tell_nothing(person, employees, query, stores, hours):
    kind = id_of(query, "asset_kind", "Printer")
    query.execute(STORES, {"stores": stores})
    add(query, kind, employees["sari"], clock.now() - timedelta(hours=hours))
    assert (
        not person("koko").post("/repeats", 200, good=f"kind:{kind}", **AGAIN).select_one("[data-repeats]").text.strip()
    )


def add(query, kind: int, sari, at) -> None:
    """The first report, of each store X."""
    for store in query.select("SELECT id, code, name FROM store WHERE code LIKE 'X%%'"):
        whose = Reporter(sari.id, sari.nik, sari.name, store["id"], store["code"], store["name"])
        words = FIRST | {"asset_kind_id": kind, "asset_id": None}
        Problems(query).report(sari, at, uuid4(), words, whose)
