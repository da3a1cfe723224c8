"""How it was mended last time: closed problems like an open one, beside it and in the dialogs that open and close."""

import pytest

from tests import form_data
from tests.facts import events, state, value

WORDS = {"title": "Struk nyangkut", "description": "Kertas struk macet di dalam printer kasir"}
ALIKE = {"title": "printer paper jam", "description": "krts struknya tersangkut mulu"}
SOLUTION = "Rol penarik kertas dibersihkan."


@pytest.fixture
def closed(problem, person, query):
    """closed(words) has been opened by Hadi and closed with this solution."""

    def make(words: dict = WORDS, solution: str = SOLUTION, **more) -> int:
        number, hadi = problem(**words, **more), person("hadi")
        hadi.act(number, "openings", **form_data.opening(query))
        hadi.act(number, "closures", solution=solution)
        return number

    return make


def offered(page) -> list[str]:
    return [link.text for link in page.select(".cures li > a")]


def asset(query) -> dict:
    return query.one("SELECT a.id AS asset_id, a.kind_id AS asset_kind_id FROM asset a WHERE a.label = 'T001-PRN-01'")


def test_beside_an_open_problem_stands_how_a_like_one_was_mended(closed, problem, person):
    first, number = closed(), problem(**ALIKE)
    for name in ("hadi", "susi"):
        page = person(name).get(f"/problems/{number}")
        assert offered(page) == [f"#{first}"] and SOLUTION in page.select_one(".cures").text
        assert "Hadi" in page.select_one(".cures").text and "selesai dalam 1 menit" in page.select_one(".cures").text


def test_who_does_not_see_all_problems_is_shown_none(closed, problem, person):
    closed()
    number = problem(**ALIKE)
    assert not person("rini").get(f"/problems/{number}").select(".cures")


def test_a_closed_problem_has_none(closed, person):
    first, second = closed(), closed(ALIKE)
    assert not person("hadi").get(f"/problems/{second}").select(".cures")
    assert first < second


def test_another_trouble_is_no_cure(closed, problem, person):
    closed({"title": "Tulisan pudar", "description": "Hasil cetak hampir tidak terbaca"})
    assert not person("hadi").get(f"/problems/{problem(**ALIKE)}").select(".cures")


def test_what_was_reopened_is_no_cure_until_it_is_confirmed(closed, problem, person):
    first, number, hadi = closed(), problem(**ALIKE), person("hadi")
    hadi.act(first, "reopenings", reason="Macet lagi.")
    assert not hadi.get(f"/problems/{number}").select(".cures")
    hadi.act(first, "closures", solution="Rol diganti.")
    assert not hadi.get(f"/problems/{number}").select(".cures")
    person("rini").act(first, "confirmations")
    page = hadi.get(f"/problems/{number}")
    assert offered(page) == [f"#{first}"] and "Rol diganti." in page.text and "Beres" in page.select_one(".cures").text


def test_the_history_of_the_good_comes_first_and_three_are_shown(closed, problem, person, query):
    others = [closed(solution=f"Cara {n}.") for n in range(4)]
    own = closed({"title": "Kertas macet", "description": "Di printer."}, **asset(query))
    page = person("hadi").get(f"/problems/{problem(**ALIKE, **asset(query))}")
    assert offered(page)[0] == f"#{own}" and len(offered(page)) == 3
    assert set(offered(page)[1:]) <= {f"#{number}" for number in others}
    assert [badge.text for badge in page.select(".cures .badge")] == ["Barang ini"]


@pytest.mark.parametrize(("noun", "status", "field", "words"), [
    ("closures", "in_progress", "solution", SOLUTION), ("openings", "new", "diagnosis", "Rol aus."),
])  # fmt: skip
def test_one_touch_takes_it_over_as_a_draft(closed, problem, person, query, noun, status, field, words):
    first, number, hadi = closed(), problem(status, **ALIKE), person("hadi")
    page = hadi.get(f"/problems/{number}/{noun}/new")
    button = page.select_one(".cures button[name=cure]")
    assert button["value"] == f"{field}:{first}" and button["data-words"] == words
    assert value(hadi.act(number, noun, 200, cure=button["value"], **{field: ""}), field) == words
    page = hadi.act(number, noun, 200, cure=button["value"], **{field: "Kabel."})
    assert value(page, field) == f"Kabel.\n{words}"
    assert state(query, number)[0] == status and not events(query, number, "closed")


@pytest.mark.parametrize("cure", ["solution:99999", "solution:", "solution:x", "solution:1"])
def test_what_is_no_cure_of_this_problem_leaves_the_field(problem, person, cure):
    number = problem("in_progress", **ALIKE)
    page = person("hadi").act(number, "closures", 200, cure=cure, solution="Kabel.")
    assert value(page, "solution") == "Kabel."
