"""Rekap: what a month or a year counts, kept as it happens; and the closing of a month."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sih.dao.clocks import Clocks
from sih.dao.outbox import Outbox
from sih.dao.query import Query
from sih.dao.recap import figures as sql
from sih.dao.recap.figures import FLOWS
from sih.domain.errors import DatabaseBusy
from sih.domain.periods import Period

FOLDED_AT_ONCE, SHOWN, WHOLE = 2000, 50, 2_000_000
# What began before the end of a month is written by then, so that a month is the same whenever it is closed.
SETTLED = timedelta(minutes=5)
PATIENCE, PAUSE, TRIES = "100ms", 0.4, 120  # of ending a month; the pause in seconds


@dataclass
class Totals:
    """{period: figures}, what was recorded in time; and by how much the rest corrects them."""

    figures: dict[int, dict[str, int]] = field(default_factory=dict)
    corrections: dict[int, dict[str, int]] = field(default_factory=dict)
    years: list[int] = field(default_factory=list)
    closed: dict[int, datetime] = field(default_factory=dict)  # when, by month
    wrong_clock: timedelta | None = None  # of a worker that closes no month for that


class Recaps:
    def __init__(self, query: Query) -> None:
        self._query = query

    def totals(self, wanted: list[Period], cut: str = "all", value: int = 0) -> Totals:
        """The figures of these periods, of the whole company or of one row of a cut: the six names of FIGURES,
        `standing` being what is open at the end."""
        rows = self._query.select(sql.TOTALS, {"cut": cut, "value": value})
        totals = Totals(years=sorted({row["period"] for row in rows if row["period"] < 10000}))
        totals.closed = {row["period"]: row["closed_at"] for row in rows if row["closed_at"]}
        totals.wrong_clock = rows[0]["wrong_clock"] if rows else None
        by_period = defaultdict(list)
        for row in rows:
            by_period[row["period"]].append(row)
        for period in wanted:
            totals.figures[period.number] = _sums(by_period, period, is_late=False)
            totals.corrections[period.number] = _sums(by_period, period, is_late=True)
        return totals

    def rows(
        self, cut: str, period: Period, value: int | None = None, limit: int = SHOWN, is_whole: bool = False
    ) -> list[dict]:
        """value, name and the six figures of each row of this cut; `is_whole`: every one that there is."""
        params = _stock(period) | {"period": period.number, "value": value, "is_whole": is_whole}
        return self._query.select(sql.ROWS[cut], params | {"limit": WHOLE if is_whole else limit})

    def rows_of_every_cut(self, period: Period) -> dict[str, list[dict]]:
        """By cut every row that there is, as rows() gives them."""
        params = _stock(period) | {"period": period.number, "value": None, "is_whole": True, "limit": WHOLE}
        found = defaultdict(list)
        for row in self._query.select(sql.EVERY_ROWS, params):
            found[row.pop("cut")].append(row)
        for rows in found.values():  # a union promises no order
            rows.sort(key=lambda row: (-sum(row[name] for name in FLOWS), row["value"]))
        return found

    def ranks(self, groups: list[tuple[int, str, int]]) -> dict[tuple[int, str, int], dict[str, dict]]:
        """Of these (period, cut, value): {measure: p50 and p90 in minutes, and amount}."""
        periods, cuts, values = ([group[place] for group in groups] for place in range(3))
        found = defaultdict(dict)
        for row in self._query.select(sql.RANKS, {"periods": periods, "cuts": cuts, "values": values}):
            found[row["period"], row["cut"], row["value"]][row["measure"]] = row
        return found

    def standing(self, period: Period) -> dict[str, list[dict]]:
        """What is open at its end: value, name and `standing`, by "division" and by "reported_on"."""
        found = defaultdict(list)
        for row in self._query.select(sql.STANDING, _stock(period)):
            found[row["cut"]].append(row)
        return found

    def put_away(self, employee_id: int, month: Period) -> None:
        """The news of this month was opened, or dismissed; a second time to no effect."""
        self._query.execute(sql.PUT_AWAY, {"month": month.number, "employee_id": employee_id})

    def closed(self) -> dict[int, datetime]:
        """When each closed month was closed."""
        return {row["month"]: row["closed_at"] for row in self._query.select(sql.CLOSED)}

    def fold(self) -> int:
        """Folds the oldest of the queue; gives how many."""
        return self._query.one(sql.FOLD, {"most": FOLDED_AT_ONCE})["amount"]

    def fold_all(self) -> None:
        """What waits now, and not what is added meanwhile: there is always somebody who writes."""
        while self.fold() == FOLDED_AT_ONCE:
            pass

    def close_months(self, now: datetime, tells: bool = False) -> list[Period]:
        """Stores every month that ended a while ago and is not stored yet, oldest first, each whole or not at all;
        gives them. Waits for what is being written; another process that closes them finds nothing to do. `tells`:
        leaves the news of the last one to the mail. Raises DatabaseBusy where somebody writes for minutes on end, and
        WrongClock: a month that is closed too early stays so for good."""
        Clocks(self._query).check()
        self.fold_all()
        done, first = [], self._query.one(sql.FIRST_EVENT)["month"]
        month = Period(first) if first else None
        closed = self.closed()
        while month and month.ends_at + SETTLED <= now:
            if month.number not in closed:
                self._end(month)
                if self._close(month, now, tells and month.after(1).ends_at > now):
                    done.append(month)
            month = month.after(1)
        return done

    def _end(self, month: Period) -> None:
        """From now on nothing is recorded into this month. In a transaction of its own, so that those who write wait
        for a row and not for the figures; and, where one of them takes long, in many tries, between which the others
        go on."""
        for attempt in range(TRIES):
            try:
                with self._query.transaction():
                    self._query.select(sql.GIVE_UP_SOON, {"timeout": PATIENCE})
                    self._query.select(sql.LOCK_WRITERS)
                    self._query.execute(sql.END, {"month": month.number, "ends_at": month.ends_at})
                return
            except DatabaseBusy:
                if attempt == TRIES - 1:
                    raise
                time.sleep(PAUSE)

    def _close(self, month: Period, now: datetime, tells: bool) -> bool:
        """Beside those who write: what they record now belongs to later months."""
        with self._query.transaction():
            self._query.select(sql.LOCK_FOLDERS)
            self.fold_all()
            params = {"month": month.number, "ends_at": month.ends_at, "now": now}
            if not self._query.execute(sql.CLOSE, params):
                return False
            self._query.execute(sql.KEEP_FIGURES, _stock(month) | params)
            self._query.execute(sql.KEEP_STANDING, params | _before(month))
            if tells:
                Outbox(self._query).add_recaps(month.number, now)
        return True


def _before(month: Period) -> dict:
    return {"before": month.after(-1).number}


def _stock(period: Period) -> dict:
    return {"upto": period.upto, "bound": period.months[-1].number}


def _sums(by_period: dict[int, list[dict]], period: Period, is_late: bool) -> dict[str, int]:
    own = [row for row in by_period[period.number] if (row["recorded"] > 0) == is_late]
    sums = {name: sum(row[name] for row in own) for name in FLOWS}
    bound = _stock(period)["bound"]
    stock = [row for number in period.upto for row in by_period[number] if (row["recorded"] > bound) == is_late]
    return sums | {"standing": sum(row["standing"] for row in stock)}
