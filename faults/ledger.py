"""The ledger of all changes that the writers sent, and which of them were acknowledged."""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise


@dataclass
class Change:
    """`kind` as an event names it; `text`, which no other change has, is its title or note. An acceptance has none and
    is known by `seen`, the state event that it follows."""

    kind: str
    problem_id: int | None
    text: str
    seen: int | None = None
    is_acknowledged: bool = False


class Ledger:
    """Shared by all writers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.changes: list[Change] = []
        self.answers: Counter[str] = Counter()
        self._acknowledged_at: list[tuple[float, float]] = []  # when it was sent, when it was answered

    def begin(self, change: Change) -> Change:
        with self._lock:
            self.changes.append(change)
        return change

    def answered(self, what: str) -> None:
        with self._lock:
            self.answers[what] += 1

    def acknowledge(self, change: Change, sent: float, answered: float) -> None:
        with self._lock:
            change.is_acknowledged = True
            self._acknowledged_at.append((sent, answered))

    def first_since(self, moment: float) -> float | None:
        """When the first change that was sent after `moment` was acknowledged (time.monotonic)."""
        with self._lock:
            found = [answered for sent, answered in self._acknowledged_at if sent >= moment]
        return min(found, default=None)

    def longest_pause(self, since: float) -> float:
        """The longest time without an acknowledged change from `since` on, until now."""
        with self._lock:
            moments = sorted(answered for _, answered in self._acknowledged_at if answered >= since)
        return max(after - before for before, after in pairwise([since, *moments, time.monotonic()]))

    def totals(self) -> Counter[str]:
        """How many changes are acknowledged and unknown, and how many answers there were of each sort."""
        with self._lock:
            known = sum(change.is_acknowledged for change in self.changes)
            return self.answers + Counter(acknowledged=known, unknown=len(self.changes) - known)
