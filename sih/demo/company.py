"""The invented company as it stands in the database, before anything breaks."""

from dataclasses import dataclass
from random import Random

from sih.dao.choices import Choices
from sih.dao.demo import Demo
from sih.dao.query import Query
from sih.demo import data, goods, people
from sih.demo.goods import Good
from sih.domain.records import Employee

STORE = ("code", "name", "city", "time_zone")


@dataclass(frozen=True)
class Company:
    """`ids` finds by name: divisions, departments, categories, kinds, and stores by code.

    `employees` are those who ever signed in, `gone` those of them who left since."""

    ids: dict[str, dict[str, int]]
    employees: list[Employee]
    gone: list[Employee]
    goods: list[Good]


def make(query: Query, hashes: list[str | None], dice: Random) -> Company:
    facts = data.toml("company.toml")
    ids = _found(query) | {"stores": _stores(query, facts)}
    ids["divisions"] |= _divisions(query, facts)
    ids["departments"] = _departments(query, facts, ids["divisions"])
    ids["categories"] |= {name: Demo(query).add_category(name) for name in facts["categories"]}
    ids["kinds"] |= {name: Demo(query).add_asset_kind(name) for name in facts["kinds"]}
    employees = people.hire(query, hashes, ids)
    return Company(ids, employees, people.gone(employees), goods.buy(query, facts, ids, dice))


def _found(query: Query) -> dict[str, dict[str, int]]:
    """What every database has from its schema on."""
    choices = Choices(query)
    found = {
        "divisions": choices.divisions(),
        "categories": choices.categories(),
        "kinds": choices.asset_kinds(),
    }
    return {name: {choice.name: choice.id for choice in rows} for name, rows in found.items()}


def _stores(query: Query, facts: dict) -> dict[str, int]:
    rows = [dict(zip(STORE, row, strict=True)) for row in facts["stores"]]
    return {row["code"]: Demo(query).add_store(row) for row in rows}


def _divisions(query: Query, facts: dict) -> dict[str, int]:
    ids = {}
    for name, subdivisions in facts["divisions"].items():
        ids[name] = Demo(query).add_division(name)
        ids |= {below: Demo(query).add_division(below, ids[name]) for below in subdivisions}
    return ids


def _departments(query: Query, facts: dict, divisions: dict[str, int]) -> dict[str, int]:
    return {
        name: Demo(query).add_department(name, divisions[division])
        for division, names in facts["departments"].items()
        for name in names
    }
