"""Daftar Kendala, "Cari": words in title, description, good and number; whatever is typed is words and nothing else."""

import pytest

from tests.facts import id_of
from tests.problem_pages import notes, numbers

HOSTILE = {
    "quote": "o'printer",
    "two quotes": "''printer''",
    "sql": "printer'; DROP TABLE problem; --",
    "percent": "100%",
    "underscore": "_printer_",
    "backslash": "printer\\",
    "escaped quote": "\\'printer",
    "parameter": "%(words)s printer",
    "nul": "printer\x00",
    "bell": "printer\x07",
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "prefix": "printer:*",
    "and": "printer & mati",
    "or": "printer | mati",
    "not": "!printer",
    "follows": "printer <-> mati",
    "brackets": "((printer",
    "weight": "printer:A",
    "long": "x" * 5000,
    "many words": "printer " * 600,
    "emoji": "\U0001f5a8\ufe0f",
    "emoji beside a word": "\U0001f5a8 printer",
    "right to left": "\u202eretnirp",
    "arabic": "طابعة",
    "half a pair": "printer%ED%A0%80",
    "superscript": "²",
    "dots": "...",
}


@pytest.fixture
def printer(problem, query) -> int:
    """Among others that say nothing of it."""
    asset = query.one_or_none("SELECT id, kind_id FROM asset WHERE label = 'T001-PRN-01'")
    good = {"asset_id": asset["id"], "asset_kind_id": asset["kind_id"]}
    number = problem(title="Struk tidak keluar", description="Mesin mencetak garis di Toko Melati.", **good)
    problem(title="Ruangan panas", description="Air menetes.", asset_kind_id=id_of(query, "asset_kind", "AC"))
    return number


@pytest.mark.parametrize(
    "words",
    [
        "struk",
        "STRUK",
        "Keluar Struk",
        "  struk   garis ",
        "str",
        "melati",
        "cetak",
        "printer",
        "T001-PRN-01",
        "t001-prn",
        "sn1",
        "garis, struk!",
    ],
)
@pytest.mark.parametrize("name", ["rini", "hadi"])
def test_a_problem_is_found_by_its_words(person, printer, name, words):
    assert numbers(search(person(name), words)) == [printer]


@pytest.mark.parametrize("words", ["struk panas", "kulkas", "truk", "struk 999999", "T002-AC-01"])
def test_every_word_must_occur(person, printer, words):
    assert numbers(search(person("hadi"), words)) == []


@pytest.mark.parametrize("typed", ["{}", "#{}", "# {}", "{} struk"])
def test_a_problem_is_found_by_its_number(person, printer, typed):
    assert numbers(search(person("hadi"), typed.format(printer))) == [printer]


def test_a_number_matches_only_as_a_whole(person, problem):
    made = [problem() for _ in range(11)]
    assert numbers(search(person("hadi"), str(made[0]))) == [made[0]]


def test_a_problem_that_one_may_not_see_is_not_found(person, printer):
    assert numbers(search(person("sari"), "struk")) == numbers(search(person("sari"), str(printer))) == []


def test_words_of_the_life_cycle_do_not_hide_a_report(person, printer, query):
    page = person("hadi").get(f"/problems?q=struk&status=new&year=&division={id_of(query, 'division', 'Helpdesk')}")
    assert numbers(page) == [printer] and notes(page) == []


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["rini", "hadi"])
def test_hostile_search_words_are_plain_text(person, printer, name, words):
    page = search(person(name), words)
    assert not page.select("main script, main img") and page.h1.text == "Daftar Kendala"
    if notes(page):
        assert notes(page) == ["Filter Cari tidak dikenal dan diabaikan."]
        assert numbers(page) == numbers(person(name).get("/problems"))
    else:
        assert set(numbers(page)) <= {printer}


@pytest.mark.parametrize("words", ["nul", "bell", "emoji", "dots"])
def test_a_search_without_a_word_is_named_and_ignored(person, printer, words):
    assert notes(search(person("hadi"), HOSTILE[words])) == ["Filter Cari tidak dikenal dan diabaikan."]


def test_hostile_words_stay_in_their_field(person):
    for words in ("<b>\"x'&", "\u202eabc", "100%"):
        assert search(person("rini"), words).select_one("[name=q]")["value"] == words


def search(somebody, words: str):
    response = somebody.client.get("/problems", query_string={"q": words})
    return somebody.get(response.request.full_path)
