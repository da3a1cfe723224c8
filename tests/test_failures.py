"""The third failure of a good within 90 days is flagged on its row, its page and the good."""

import pytest

WORDS = "Rusak 3 kali dalam 90 hari"


@pytest.fixture
def asset(query) -> dict:
    return query.one("SELECT a.id AS asset_id, a.kind_id AS asset_kind_id FROM asset a WHERE a.label = 'T001-PRN-01'")


@pytest.fixture
def fails(problem, moved_clock, asset):
    """fails(40) is reported 40 days after the problem before."""

    def make(days: int) -> int:
        moved_clock(days=days)
        return problem(**asset)

    return make


def flagged(page) -> set[str]:
    return {row["id"] for row in page.select("tr[id^=p]") if WORDS in row.text}


def test_the_third_within_90_days_is_flagged(fails, person, asset):
    first, second, third = fails(0), fails(40), fails(40)
    for name in ("hadi", "rini", "susi"):
        somebody = person(name)
        assert flagged(somebody.get("/problems")) == {f"p{third}"}
        assert WORDS in somebody.get(f"/problems/{third}").main.text
        assert all(WORDS not in somebody.get(f"/problems/{number}").main.text for number in (first, second))
        assert WORDS in somebody.get(f"/assets/{asset['asset_id']}").main.text


def test_a_fourth_is_counted(fails, person):
    numbers = [fails(1) for _ in range(4)]
    assert "Rusak 4 kali dalam 90 hari" in person("hadi").get(f"/problems/{numbers[-1]}").main.text


def test_three_in_a_longer_time_are_not(fails, person, asset):
    for days in (0, 46, 46):
        fails(days)
    assert not flagged(person("hadi").get("/problems"))
    assert "Rusak" not in person("hadi").get(f"/assets/{asset['asset_id']}").main.text


def test_goods_without_a_label_are_not_counted(problem, person):
    for _ in range(4):
        problem()
    assert not flagged(person("hadi").get("/problems"))


def test_the_flag_of_a_good_ends_by_itself_and_its_last_cure_stays(fails, person, asset, moved_clock, problem):
    for _ in range(3):
        fails(0)
    problem("closed", **asset)
    hadi, address = person("hadi"), f"/assets/{asset['asset_id']}"
    assert "Rusak 4 kali" in hadi.get(address).main.text
    assert "Perbaikan terakhir" in hadi.get(address).main.text
    moved_clock(days=91)
    page = person("rini").get(address)
    assert "Rusak" not in page.main.text and "Perbaikan terakhir" in page.main.text


def test_in_english(fails, person):
    numbers = [fails(1) for _ in range(3)]
    assert "Failed 3 times in 90 days" in person("hadi").speaks("en").get(f"/problems/{numbers[-1]}").main.text
