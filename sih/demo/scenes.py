"""Where a problem of the invented company happens, to which good, and who reports it."""

from dataclasses import dataclass
from random import Random

from sih.demo.company import Company
from sih.demo.goods import OFFICE, Good
from sih.demo.texts import Situation
from sih.domain import policy
from sih.domain.records import Employee

# How likely, against 1 of an ordinary labelled good.
HOT = 7
UNLABELLED = 0.5
COLLEAGUE = 0.25  # somebody of another role, who reports too, against 1 of a reporter

# Of these every place has some without a label.
LOOSE = ("Barang lain", "Kursi", "Mesin EDC", "Scanner barcode", "Telepon", "Timbangan digital")


@dataclass(frozen=True)
class Scene:
    situation: Situation
    variant: int
    reporter: Employee
    good: Good | None
    number: int

    @property
    def facts(self) -> dict:
        """What the sentences may name."""
        is_office = self.reporter.store_code == OFFICE
        return {
            "n": self.number,
            "label": self.good.label if self.good else self.situation.kind.lower(),
            "store": self.reporter.store_name,
            "place": "Kantor Pusat" if is_office else f"toko {self.reporter.store_name}",
            "chief": "kepala bagian" if is_office else "kepala toko",
            "name": self.reporter.name.split()[0],
        }


def stage(company: Company, situation: Situation, variant: int, is_long_ago: bool, dice: Random) -> Scene:
    """`is_long_ago`: before some goods were retired and some people left."""
    good, store_code = _good(company, situation, is_long_ago, dice)
    number = good.number if good else dice.randint(1, 3)
    return Scene(situation, variant, _reporter(company, store_code, is_long_ago, dice), good, number)


def _good(company: Company, situation: Situation, is_long_ago: bool, dice: Random) -> tuple[Good | None, str]:
    places = [code for code in company.ids["stores"] if situation.office or code != OFFICE]
    weights = {
        (good, good.store_code): HOT if good.is_hot else 1
        for good in company.goods
        if good.kind == situation.kind and good.store_code in places and (is_long_ago or not good.is_retired)
    }
    if situation.kind in LOOSE:
        weights |= {(None, code): UNLABELLED for code in places}
    return dice.choices(list(weights), list(weights.values()))[0]


def _reporter(company: Company, store_code: str, is_long_ago: bool, dice: Random) -> Employee:
    there = [
        employee
        for employee in company.employees
        if employee.store_code == store_code and (is_long_ago or employee not in company.gone)
    ]
    return dice.choices(there, [1 if policy.is_reporter(employee) else COLLEAGUE for employee in there])[0]
