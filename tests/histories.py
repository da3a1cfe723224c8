"""Random lives of problems around the ends of months, years and a leap February, as the pages' verbs write them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from uuid import UUID

from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.dao.recap.closing import SETTLED, Closing
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.periods import Period
from tests import company

# 17:00 UTC is midnight in Jakarta.
ENDS = [
    datetime(2023, 12, 31, 17, tzinfo=UTC), datetime(2024, 1, 31, 17, tzinfo=UTC),
    datetime(2024, 2, 28, 17, tzinfo=UTC), datetime(2024, 2, 29, 17, tzinfo=UTC),
    datetime(2024, 12, 31, 17, tzinfo=UTC), datetime(2025, 2, 28, 17, tzinfo=UTC),
]  # fmt: skip
PERIODS = [Period(n) for n in (2023, 2024, 2025, 202312, 202401, 202402, 202403, 202412, 202501, 202502, 202503)]
STEPS = [0, 1, 59, 60, 61, 7199, 7200, 7201, 86_400, 172_799, 172_800, 200_000, 2_600_000]  # seconds
NEXT = {
    "new": ["open", "open", "open", "correct", "withdraw"], "in_progress": ["close", "escalate", "escalate", "correct"],
    "escalated": ["accept", "return", "correct"], "closed": ["reopen"],
}  # fmt: skip


@cache
def lives(amount: int, seed: int, closes: bool = True) -> Callable[[Query], None]:
    """A cached function that fills a database with so many problems, for the mark `filled`."""

    def fill(query: Query) -> None:
        History(query, company.people(query), seed).play(amount, closes)

    return fill


def first_of_march(query, monkeypatch):
    """Makes it early in the morning of the first of March 2024, in a company whose supervisor has an address; gives
    what moves the clock so many hours past that."""
    hours = [0]
    monkeypatch.setattr(clock, "now", lambda: ENDS[3] + timedelta(hours=3 + hours[0]))
    query.execute("UPDATE employee SET email = 'susi@example.com' WHERE name = 'Susi'")
    return lambda later: hours.__setitem__(0, later)


class History:
    def __init__(self, query, employees: dict, seed: int) -> None:
        self._query, self._people, self._dice = query, employees, Random(seed)
        self._problems, self._lives = Problems(query), []
        masters = "SELECT array_agg(id) AS ids FROM "
        self._kinds = query.one(masters + "asset_kind")["ids"]
        self._categories = query.one(masters + "category")["ids"]
        self._divisions = query.one(masters + "division")["ids"]

    def play(self, amount: int, closes: bool = True) -> None:
        """So many problems, interleaved; the months are closed now and then, and some of what comes later is dated
        back into them; not where nothing `closes`."""
        lives = [self._life() for _ in range(amount)]
        while lives:
            life = self._dice.choice(lives)
            if next(life, None) is None:
                lives.remove(life)
            if self._dice.random() < 0.03:
                Recaps(self._query).fold()
            if closes and self._dice.random() < 0.01:
                Closing(self._query).close_months(self._dice.choice(ENDS) + SETTLED)

    def _life(self):
        dice, now = self._dice, self._dice.choice(ENDS) + timedelta(seconds=self._dice.randint(-90_000, 90_000))
        words = {"title": "x", "description": "x", "asset_kind_id": dice.choice(self._kinds), "asset_id": None}
        by = self._people[dice.choice(("rini", "sari"))]
        number = self._problems.report(by, now, UUID(int=dice.getrandbits(128), version=4), words)
        yield now
        for _ in range(dice.randint(0, 9)):
            now += timedelta(seconds=dice.choice(STEPS))
            self._step(number, now)
            yield now

    def _step(self, number: int, now: datetime) -> None:
        hadi, dice = self._people["hadi"], self._dice
        problem = self._problems.visible_to(hadi, number)
        if problem.is_withdrawn:
            return
        where = (number, problem.last_event_id, hadi, now)
        match dice.choice(NEXT[problem.status]):
            case "open":
                facts = {"priority": dice.choice(["critical", "high", "medium", "low"]), "diagnosis": "x"}
                self._problems.open(*where, facts | {"category_id": dice.choice(self._categories)})
            case "close":
                self._problems.close(*where, "x")
            case "escalate":
                self._problems.escalate(*where, "x", *self._receiver(problem))
            case "accept":
                self._problems.accept(*where)
            case "return":
                self._problems.send_back(*where, "x")
            case "reopen":
                self._problems.reopen(*where, "x")
            case "withdraw":
                self._problems.withdraw(*where, "x")
            case "correct":
                kinds = [kind for kind in self._kinds if kind != problem.asset_kind_id]
                self._problems.correct(*where, {"asset_kind_id": dice.choice(kinds), "asset_id": None})

    def _receiver(self, problem) -> tuple[int, int | None]:
        places = [(division, None) for division in self._divisions]
        places += [(self._people[name].division_id, self._people[name].id) for name in ("pandu", "putri")]
        held = (problem.holder_division_id, problem.holder_employee_id)
        return self._dice.choice([place for place in places if place != held])
