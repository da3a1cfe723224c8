"""The texts of the demo company. A text is used again only after all others of its kind were used."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from sih.demo.company import DATA, HEAD_OFFICE, Asset, toml
from sih.domain.records import Employee

# Divisions whose people come to the store; kinds without a switch; categories whose problems do not recur.
VISITING = ("Infrastruktur & Jaringan", "Pemeliharaan Gedung", "Perangkat Keras", "Umum")
SWITCHLESS = ("Barang lain", "Kursi")
OVER = ("Bahan habis pakai", "Kesalahan pemakaian", "Lain-lain", "Timbangan dan tera")

# The kind of remark for each step that has one.
SORTS = {"settle": "settled", "reopen": "reopens", "update": "updates", "nudge": "nudges", "thanks": "thanks"}
LONGER = 0.7  # probability of an additional sentence in a description


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A kind of failure of a kind of asset, in two variants: the first entries of all lists belong together, and so do
    the second.

    `office`: it may also happen at the head office, which is no shop."""

    kind: str
    category: str
    priority: str
    titles: list[str]
    descriptions: list[str]
    diagnoses: list[str]
    solutions: list[str]
    reasons: list[str] = field(default_factory=list)
    target: str = ""  # the division that it is escalated to; empty: the helpdesk solves it
    department: str = ""
    office: bool = False

    @property
    def groups(self) -> list[str]:
        """The groups of remarks that fit this situation."""
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
        """Whether the situation is solved by what `needs` names: "helpdesk", "handed" (any division), "division" (not a
        sub-division), "subdivision" or "department"."""
        return {
            "helpdesk": not self.target,
            "handed": bool(self.target),
            "division": bool(self.target) and self.target not in subdivisions,
            "subdivision": self.target in subdivisions,
            "department": bool(self.department),
        }[needs]


@dataclass(frozen=True, eq=False)
class Incident:
    """A situation that occurs at a store, with its asset and its reporter. `variant`: 0 or 1, see Situation."""

    situation: Situation
    variant: int
    reporter: Employee
    asset: Asset | None
    number: int

    @property
    def title(self) -> str:
        return self.fill_in(self.one_of(self.situation.titles))

    def one_of(self, variants: list[str]) -> str:
        return variants[self.variant % len(variants)]

    def fill_in(self, sentence: str) -> str:
        is_office = self.reporter.store_code == HEAD_OFFICE
        return sentence.format(
            n=self.number,
            label=self.asset.label if self.asset else self.situation.kind.lower(),
            store=self.reporter.store_name,
            place="Kantor Pusat" if is_office else f"toko {self.reporter.store_name}",
            chief="kepala bagian" if is_office else "kepala toko",
            name=self.reporter.name.split()[0],
        )


class Texts:
    def __init__(self, rng: Random) -> None:
        self._rng, self._uses = rng, Counter()
        self._remarks = toml("remarks.toml")
        files = sorted((DATA / "situations").glob("*.toml"))
        self._situations = [Situation(**facts) for file in files for facts in toml(file)["situations"]]
        self._subdivisions = {name for names in toml("company.toml")["divisions"].values() for name in names}

    def situation(self, needs: str, recurs: bool, may_wait: bool) -> tuple[Situation, int]:
        """A suitable situation, and which of its two variants. `may_wait`: excludes urgent situations."""
        suited = [
            (situation, variant)
            for situation in self._situations
            for variant in (0, 1)
            if situation.suits(needs, self._subdivisions)
            and not (may_wait and situation.is_urgent)
            and not (recurs and not situation.may_recur)
        ]
        return self._least_used(suited)

    def remark(self, sort: str, situation: Situation):
        """A sentence of this kind, or a pair of sentences."""
        return self._least_used([line for group in situation.groups for line in self._remarks[group].get(sort, [])])

    def happens(self, chance: float) -> bool:
        return self._rng.random() < chance

    def _least_used(self, choices: list):
        fewest = min(self._uses[str(choice)] for choice in choices)
        chosen = self._rng.choice([choice for choice in choices if self._uses[str(choice)] == fewest])
        self._uses[str(chosen)] += 1
        return chosen


class Writer:
    """Writes the text of each step of one problem. Remembers earlier texts: an answer fits its question, and a second
    solution differs from the first."""

    def __init__(self, incident: Incident, texts: Texts) -> None:
        self._incident, self._situation, self._texts = incident, incident.situation, texts
        self._answer = self._objection_met = ""
        self._is_handed_over = self._is_closed = False
        self._sentences = {
            "report": self._report,
            "open": lambda: self._incident.one_of(self._situation.diagnoses),
            "to_division": self._to_division,
            "to_pic": self._to_pic,
            "return": self._return,
            "close": self._close,
            "ask": self._ask,
            "answer": lambda: self._answer,
        }

    def write(self, verb: str) -> str:
        """The text of this step; '' for verbs without text."""
        if verb in self._sentences:
            return self._incident.fill_in(self._sentences[verb]())
        return self._incident.fill_in(self._remark(SORTS[verb])) if verb in SORTS else ""

    def _remark(self, sort: str):
        return self._texts.remark(sort, self._situation)

    def _report(self) -> str:
        description = self._incident.one_of(self._situation.descriptions)
        return f"{description} {self._remark('tails')}" if self._texts.happens(LONGER) else description

    def _to_division(self) -> str:
        self._is_handed_over = True
        return self._objection_met or self._incident.one_of(self._situation.reasons)

    def _to_pic(self) -> str:
        choice = self._remark("names_pic")
        return choice if self._is_handed_over else f"{self._incident.one_of(self._situation.reasons)} {choice}"

    def _return(self) -> str:
        objection, self._objection_met = self._remark("returns")
        return objection

    def _ask(self) -> str:
        question, self._answer = self._remark("talks")
        return question

    def _close(self) -> str:
        """The solution; after a reopening, that of the situation's other variant."""
        if self._is_closed:
            return f"{self._remark('again')} {self._situation.solutions[1 - self._incident.variant]}"
        self._is_closed = True
        return self._incident.one_of(self._situation.solutions)
