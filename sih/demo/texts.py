"""What people of the invented company write. No sentence is drawn again before all of its sort were."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from sih.demo import data
from sih.demo.courses import Course

# Whose people come to look; what has no switch; what is over once it is done.
VISITING = ("Infrastruktur & Jaringan", "Pemeliharaan Gedung", "Perangkat Keras", "Umum")
SWITCHLESS = ("Barang lain", "Kursi")
OVER = ("Bahan habis pakai", "Kesalahan pemakaian", "Lain-lain", "Timbangan dan tera")


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What may happen to a kind of good. The first of each pair belong together, and so do the second.

    `office`: it may happen at the head office too, where there is nothing to sell."""

    kind: str
    category: str
    priority: str
    titles: list[str]
    descriptions: list[str]
    diagnoses: list[str]
    solutions: list[str]
    reasons: list[str] | None = None
    target: str | None = None
    department: str | None = None
    office: bool = False

    @property
    def groups(self) -> list[str]:
        """Which remarks fit."""
        if self.target not in VISITING:
            return ["general"]
        is_device = self.may_recur and self.category != "Jaringan dan internet"
        return ["general", "visit", "device"] if is_device else ["general", "visit"]

    @property
    def may_recur(self) -> bool:
        return self.kind not in SWITCHLESS and self.category not in OVER

    @property
    def is_urgent(self) -> bool:
        return self.priority in ("critical", "high")

    def suits(self, needs: str, subdivisions: set[str]) -> bool:
        """Whether the helpdesk solves it, or a division, sub-division or department to which it is handed."""
        return {
            "helpdesk": self.target is None,
            "handed": self.target is not None,
            "division": self.target is not None and self.target not in subdivisions,
            "subdivision": self.target in subdivisions,
            "department": self.department is not None,
        }[needs]


class Texts:
    def __init__(self, dice: Random) -> None:
        self._dice, self._drawn = dice, Counter()
        self._remarks = data.toml("remarks.toml")
        self._situations = [Situation(**facts) for facts in data.situations()]
        below = data.toml("company.toml")["divisions"].values()
        self._subdivisions = {name for names in below for name in names}

    def situation(self, course: Course, may_wait: bool) -> tuple[Situation, int]:
        """One that suits, and which of its two variants. `may_wait`: what nobody would forget is left out."""
        recurs = "reopen" in course.steps
        suited = [
            (situation, variant)
            for situation in self._situations
            for variant in (0, 1)
            if situation.suits(course.needs, self._subdivisions)
            and not (may_wait and situation.is_urgent)
            and not (recurs and not situation.may_recur)
        ]
        return self._next(suited)

    def remark(self, sort: str, situation: Situation):
        """A sentence of this sort, or a pair of sentences."""
        return self._next([line for group in situation.groups for line in self._remarks[group].get(sort, [])])

    def happens(self, chance: float) -> bool:
        return self._dice.random() < chance

    def _next(self, choices: list):
        fewest = min(self._drawn[str(choice)] for choice in choices)
        chosen = self._dice.choice([choice for choice in choices if self._drawn[str(choice)] == fewest])
        self._drawn[str(chosen)] += 1
        return chosen
