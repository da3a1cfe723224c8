"""Of the problems closed in a period: the shares that had been handed over, or reopened, before their last closing."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import uuid4

import pytest

from sih.dao.problems import Problems
from sih.dao.recap.checks import RecapChecks
from sih.dao.recap.closing import SETTLED, Closing
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.periods import Period
from sih.recap import build

OCTOBER, NOVEMBER, YEAR = Period(202610), Period(202611), Period(2026)
END = OCTOBER.ends_at
SHARES = ("closed", "closed_escalated", "closed_reopened")


@pytest.fixture
def lives(query, employees):
    """lives(at, *verbs) brings a new problem that far, each step an hour after the last; returns its number."""
    problems, hadi = Problems(query), employees["hadi"]
    kind = query.one("SELECT min(id) AS id FROM asset_kind")["id"]
    category = query.one("SELECT min(id) AS id FROM category")["id"]
    facts = {
        "open": [{"category_id": category, "priority": "high", "diagnosis": "x"}],
        "escalate": ["x", employees["gita"].division_id, None],
        "close": ["x"],
        "reopen": ["x"],
    }

    def live(at: datetime, *verbs: str, number: int | None = None) -> int:
        if number is None:
            words = {"title": "x", "description": "x", "asset_kind_id": kind, "asset_id": None}
            number = problems.report(employees["rini"], at, uuid4(), words)
        for step, verb in enumerate(verbs):
            seen = problems.visible_to(hadi, number).last_event_id
            getattr(problems, verb)(number, seen, hadi, at + timedelta(hours=step), *facts.get(verb, []))
        return number

    return live


def shares(query, period: Period, is_late: bool = False) -> tuple[int, ...]:
    totals = Recaps(query).totals([period])
    figures = (totals.corrections if is_late else totals.figures)[period.number]
    return tuple(figures[name] for name in SHARES)


def test_a_problem_counts_by_what_preceded_its_closing(query, lives):
    at = END - timedelta(days=9)
    lives(at, "open", "close")
    lives(at, "open", "escalate", "accept", "close")
    lives(at, "open", "close", "reopen", "escalate", "accept", "close")
    assert shares(query, OCTOBER) == shares(query, YEAR) == (3, 2, 1)


def test_a_hand_over_after_the_closing_does_not_count(query, lives):
    lives(END - timedelta(days=9), "open", "close", "reopen", "escalate")
    assert shares(query, OCTOBER) == (1, 0, 0)


def test_what_happened_in_an_earlier_month_counts(query, lives):
    number = lives(END - timedelta(days=9), "open", "escalate", "accept", "close", "reopen")
    lives(END + timedelta(days=9), "close", number=number)
    assert shares(query, OCTOBER) == (1, 1, 0)
    assert shares(query, NOVEMBER) == (1, 1, 1)


def test_a_year_counts_each_problem_once(query, lives):
    number = lives(END - timedelta(days=9), "open", "escalate", "accept", "close")
    for days in (8, 16):
        lives(END + timedelta(days=days), "reopen", "close", number=number)
    assert [shares(query, period) for period in (OCTOBER, NOVEMBER, YEAR)] == [(1, 1, 0), (1, 1, 1), (1, 1, 1)]


def test_a_closed_month_keeps_its_shares(query, lives):
    number = lives(END - timedelta(days=9), "open", "escalate", "accept", "close")
    Closing(query).close_months(END + SETTLED)
    before = RecapChecks(query).stored(OCTOBER)
    assert before["all", 0, "closed_escalated"] == 1
    lives(END + timedelta(days=9), "reopen", "close", number=number)
    lives(END - timedelta(hours=9), "open", "close", "reopen", "close")  # its process had slept
    assert shares(query, OCTOBER) == (1, 1, 0) and shares(query, OCTOBER, is_late=True) == (1, 0, 1)
    assert RecapChecks(query).stored(OCTOBER) == before and RecapChecks(query).differences(OCTOBER) == []


def test_each_share_is_a_link_to_its_problems(query, lives, person, monkeypatch):
    at = END - timedelta(days=9)
    lives(at, "open", "close"), lives(at, "open", "close")
    handed_over = lives(at, "open", "escalate", "accept", "close")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, tzinfo=UTC))
    page = person("susi").get("/recaps?year=2026&month=10&dimension=store")
    for table in page.select("table.compared, table.counted:not(.by-month)"):
        link = table.select_one("a[href*='figure=closed_escalated']")
        assert link.text == "33,3%" and table.select("a[href*='figure=closed_reopened']") == []
        found = person("susi").get(link["href"])
        assert found.h1.text == "Selesai sesudah dialihkan · Oktober 2026" and found.select_one("#total").text == "1"
        assert found.select(f"tbody a[href$='/problems/{handed_over}']")
    row = page.find("th", string="Persentase dibuka lagi").parent
    assert row.select_one("td").get_text(strip=True) == "0,0%"


def test_a_correction_of_a_share_is_shown(query, lives, person, monkeypatch):
    lives(END - timedelta(days=9), "open", "close")
    Closing(query).close_months(END + SETTLED)
    lives(END - timedelta(hours=9), "open", "escalate", "accept", "close")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, tzinfo=UTC))
    alert = person("susi").get("/recaps?year=2026&month=10").select_one("main .alert").text
    assert "Selesai sesudah dialihkan +1" in " ".join(alert.split())


@pytest.mark.parametrize(
    ("now", "before", "by"),
    [("33/45", "17/21", "-7.7"), ("3/45", "2/21", "-2.8"), ("1/2", "1/2", "0.0"), ("101/136", "41/66", "12.2")],
)
def test_a_change_of_a_share_is_the_difference_of_the_percentages_shown(now, before, by):
    """73.3% after 81.0% is 7.7 less for whoever takes a pencil to it."""
    assert str(build.points(Fraction(now), Fraction(before))) == by
