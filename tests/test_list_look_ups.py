"""Daftar Kendala: stores by code, name or city, reporters and PICs by NIK or name; an unknown one matches nothing."""

import pytest

from sih.dao.audits import signed
from sih.domain import clock
from tests.conftest import bring
from tests.problem_pages import numbers, tabs

MORE_STORES = """
INSERT INTO store (code, name, city, time_zone)
VALUES ('T003', 'Kelapa Dua', 'Depok', 'Asia/Jakarta'), ('T010', 'Kelapa Gading Dua', 'Jakarta', 'Asia/Jakarta')
"""
NAMESAKE = """
INSERT INTO employee (nik, name, role, store_id)
SELECT '10000009', 'Rini Wulan', 'reporter', id FROM store WHERE code = 'T002'
"""


@pytest.fixture
def more(query):
    with signed(query, clock.now(), None, "test"):
        query.execute(MORE_STORES)
        query.execute(NAMESAKE)


def listed(somebody, **asked):
    response = somebody.client.get("/problems", query_string=asked)
    return somebody.get(response.request.full_path)


def misses(page) -> list[str]:
    """What is said about each unknown or ambiguous store or person."""
    return [" ".join(note.p.text.split()) for note in page.select("main .alert-warning[role=status]") if note.p]


def suggestions(page) -> list[str]:
    return [" ".join(link.text.split()) for link in page.select("main .alert-warning[role=status] li a")]


@pytest.mark.parametrize("typed", ["T002", "t002", " T002 ", "Panakkukang", "panakkukang", "PANAK", "makassar",
                                   "T002 Panakkukang", "makassar panakkukang"])  # fmt: skip
@pytest.mark.parametrize("name", ["hadi", "susi"])
def test_a_store_is_found_by_code_name_and_city_in_any_case(person, problem, more, name, typed):
    number, _ = problem(by="sari"), problem(by="rini")
    page = listed(person(name), store=typed)
    assert numbers(page) == [number] and not misses(page)
    assert page.select_one("form.filters [name=store]")["value"] == typed.strip()
    assert "Toko: T002 Panakkukang" in " ".join(page.select_one(".chips a").text.split())


def test_the_whole_name_comes_before_its_beginnings(person, problem, more):
    number = problem(by="rini")
    assert numbers(listed(person("hadi"), store="kelapa gading")) == [number]


def test_an_unknown_store_gives_suggestions_and_an_empty_list(person, problem, more):
    number = problem(by="sari")
    page = listed(person("hadi"), store="Makasar")
    assert numbers(page) == [] and misses(page) == ['Toko "Makasar" tidak dikenal. Mungkin maksud Anda:']
    assert suggestions(page) == ["T002 Panakkukang"]
    there = page.select_one("main .alert-warning[role=status] li a")["href"]
    assert numbers(person("hadi").get(there)) == [number]


@pytest.mark.parametrize("typed", ["Zamrud", "\x00", "...", "'; DROP TABLE store; --", "%", "x" * 5000, "\u202eabc"])
def test_a_store_like_no_other_gives_an_empty_list(person, problem, typed):
    problem()
    page = listed(person("hadi"), store=typed)
    assert numbers(page) == suggestions(page) == [] and "tidak dikenal." in misses(page)[0]
    assert set(tabs(page).values()) == {1, None}


def test_an_ambiguous_store_asks_which(person, problem, more):
    problem()
    page = listed(person("hadi"), store="kelapa", priority="high")
    assert numbers(page) == [] and misses(page) == ['Toko "kelapa" tidak jelas. Pilih salah satu:']
    assert suggestions(page) == ["T003 Kelapa Dua", "T001 Kelapa Gading", "T010 Kelapa Gading Dua"]
    assert "priority=high" in page.select_one("main .alert-warning[role=status] li a")["href"]


def test_a_reporter_may_look_for_the_own_store_and_sees_no_other(person, problem):
    own, _ = problem(by="rini"), problem(by="sari")
    assert numbers(listed(person("rini"), store="kelapa")) == [own]
    assert numbers(listed(person("rini"), store="makassar")) == []


@pytest.mark.parametrize("typed", ["10000003", "1000 0003", "sari", "SARI"])
def test_a_reporter_is_found_by_nik_and_name(person, problem, typed):
    number, _ = problem(by="sari"), problem(by="rini")
    page = listed(person("hadi"), reporter=typed)
    assert numbers(page) == [number]
    assert "Pelapor: 10000003 Sari" in " ".join(page.select_one(".chips a").text.split())


def test_an_unknown_reporter_gives_suggestions_and_an_empty_list(person, problem, more):
    problem()
    page = listed(person("susi"), reporter="Rinni")
    assert numbers(page) == [] and suggestions(page) == ["10000001 Rini", "10000009 Rini Wulan"]
    assert numbers(listed(person("susi"), reporter="wulan")) == []


@pytest.mark.parametrize("typed", ["20000005", "pandu"])
def test_a_pic_is_found_by_nik_and_name_open_and_closed(person, problem, query, employees, typed):
    made = [problem("at pandu"), problem("at pandu")]
    problem("in_progress")
    bring(query, employees, made[0], "close")
    assert numbers(listed(person("hadi"), pic=typed)) == made[::-1]
    assert numbers(listed(person("hadi"), pic=typed, status="closed")) == made[:1]


def test_who_holds_nothing_is_no_pic(person, problem):
    problem()
    page = listed(person("hadi"), pic="rini")
    assert numbers(page) == [] and 'PIC "rini" tidak dikenal.' in misses(page)[0]
    assert "10000001 Rini" not in suggestions(page)


@pytest.mark.parametrize("name", ["rini", "adi"])
@pytest.mark.parametrize("asked", [{"reporter": "sari"}, {"pic": "pandu"}, {"reporter": "x"}])
def test_who_does_not_see_all_looks_up_nobody(person, problem, name, asked):
    number = problem()
    page = listed(person(name), **asked)
    assert numbers(page) == [number] and not misses(page) and not page.select(".chips")
    assert not page.select("form.filters [name=reporter], form.filters [name=pic]")


def test_suggestions_come_while_typing(person):
    page = person("hadi").get("/problems")
    fields = {field["name"]: field["data-picker"] for field in page.select("form.filters [data-picker]")}
    assert fields == {"store": "store", "reporter": "employee", "pic": "employee"}
    assert all(page.find(id=field["list"]) for field in page.select("form.filters [data-picker]"))


def test_in_english(person):
    page = listed(person("hadi").speaks("en"), store="Makasar")
    assert misses(page) == ['Store "Makasar" is unknown. Did you mean:']
