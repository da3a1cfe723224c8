"""What people of the invented company write. No sentence is drawn again before all of its sort were."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from sih.demo import data


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What may happen to a kind of good. The first of each tuple belong together, and so do the second."""

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

    def situation(self, needs: str) -> tuple[Situation, int]:
        """One that suits, and which of its two variants."""
        suited = [situation for situation in self._situations if situation.suits(needs, self._subdivisions)]
        return self._next([(situation, variant) for situation in suited for variant in (0, 1)])

    def remark(self, sort: str):
        """A sentence of this sort, or a pair of sentences."""
        return self._next(self._remarks[sort])

    def _next(self, choices: list):
        fewest = min(self._drawn[str(choice)] for choice in choices)
        chosen = self._dice.choice([choice for choice in choices if self._drawn[str(choice)] == fewest])
        self._drawn[str(chosen)] += 1
        return chosen
