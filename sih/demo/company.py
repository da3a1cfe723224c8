"""The stores, people and assets of the demo company. Their names are in data/."""

import csv
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from random import Random

from sih.dao.choices import Choices
from sih.dao.demo import Demo
from sih.dao.employees import Employees
from sih.dao.query import Query
from sih.domain.records import Employee

DATA = Path(__file__).parent / "data"
STORE = ("code", "name", "city", "time_zone", "phone")
HEAD_OFFICE = "T001"


@dataclass(frozen=True)
class Asset:
    id: int
    kind: str
    label: str
    store_code: str
    is_retired: bool
    fails_often: bool

    @property
    def number(self) -> int:
        return int(self.label.rpartition("-")[2])


@dataclass(frozen=True)
class Company:
    """`ids`: {"divisions": {name: id}, ...}, also for departments, categories, kinds, and stores by code.

    `employees`: people with a PIN; `former_employees`: those of them who left later."""

    ids: dict[str, dict[str, int]]
    employees: list[Employee]
    former_employees: list[Employee]
    assets: list[Asset]


def toml(name: str | Path) -> dict:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))


def people() -> list[dict]:
    with (DATA / "employees.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def hash_pins(hash_pin: Callable[[str], str], pin: str) -> list[str | None]:
    """A hash for each person in people(), with separate salts; None for people without a PIN."""
    with ThreadPoolExecutor() as threads:
        return list(threads.map(lambda row: None if row["state"] == "no PIN" else hash_pin(pin), people()))


def add(query: Query, hashes: list[str | None], rng: Random) -> Company:
    facts = toml("company.toml")
    ids = _ids_of_schema(query) | {"stores": _add_stores(query, facts)}
    ids["divisions"] |= _add_divisions(query, facts)
    ids["departments"] = _add_departments(query, facts, ids["divisions"])
    ids["categories"] |= _add_categories(query, facts, ids["divisions"])
    for text in facts["ready_texts"]:
        Demo(query).add_ready_text(text | {"division_id": ids["divisions"][text["division"]]})
    ids["kinds"] |= {name: Demo(query).add_asset_kind(name) for name in facts["kinds"]}
    for kind, name in _troubles():
        Demo(query).add_trouble(name, ids["kinds"][kind])
    employees = _add_employees(query, hashes, ids)
    assets = [_add_asset(query, facts, ids, label, rng) for label in _labels(facts)]
    return Company(ids, employees, _former(employees), assets)


def freeze_former_employees(query: Query, company: Company) -> None:
    """Called after all problems were added, since frozen accounts cannot report."""
    for employee in company.former_employees:
        Employees(query).freeze(employee.nik)


def _troubles() -> list[tuple[str, str]]:
    """Kind and name: the titles of the problems that occur, the first of each situation that names no good."""
    files = sorted((DATA / "situations").glob("*.toml"))
    situations = [situation for file in files for situation in toml(file)["situations"]]
    titles = [(one["kind"], [title for title in one["titles"] if "{" not in title]) for one in situations]
    return [(kind, general[0]) for kind, general in titles if general]


def _ids_of_schema(query: Query) -> dict[str, dict[str, int]]:
    """The rows that schema.sql inserts into every database, by name."""
    choices = Choices(query)
    found = {
        "divisions": choices.divisions(),
        "categories": choices.categories(),
        "kinds": choices.asset_kinds(),
    }
    return {name: {choice.name: choice.id for choice in rows} for name, rows in found.items()}


def _add_stores(query: Query, facts: dict) -> dict[str, int]:
    rows = [dict(zip(STORE, row, strict=True)) for row in facts["stores"]]
    return {row["code"]: Demo(query).add_store(row) for row in rows}


def _add_divisions(query: Query, facts: dict) -> dict[str, int]:
    ids = {}
    for name, subdivisions in facts["divisions"].items():
        ids[name] = Demo(query).add_division(name)
        ids |= {subdivision: Demo(query).add_division(subdivision, ids[name]) for subdivision in subdivisions}
    return ids


def _add_departments(query: Query, facts: dict, divisions: dict[str, int]) -> dict[str, int]:
    return {
        name: Demo(query).add_department(name, divisions[division])
        for division, names in facts["departments"].items()
        for name in names
    }


def _add_categories(query: Query, facts: dict, divisions: dict[str, int]) -> dict[str, int]:
    return {
        name: Demo(query).add_category(name, usual["priority"], divisions.get(usual.get("division")))
        for name, usual in facts["categories"].items()
    }


def _add_employees(query: Query, hashes: list[str | None], ids: dict[str, dict[str, int]]) -> list[Employee]:
    """Adds all employees. Returns those with a PIN."""
    rows = list(zip(people(), hashes, strict=True))
    added = [Demo(query).add_employee(_employee(row, pin_hash, ids)) for row, pin_hash in rows]
    has_pin = [pin_hash is not None for _, pin_hash in rows]
    return [_signed_in(query, employee_id) for employee_id in compress(added, has_pin)]


def _signed_in(query: Query, employee_id: int) -> Employee:
    employee = Employees(query).active(employee_id, 1)
    if employee is None:
        raise ValueError(f"employee {employee_id} cannot sign in")
    return employee


def _employee(row: dict, pin_hash: str | None, ids: dict[str, dict[str, int]]) -> dict:
    return {
        "nik": row["nik"],
        "name": row["name"],
        "role": row["role"],
        "store_id": ids["stores"][row["store"]],
        "division_id": ids["divisions"].get(row["division"]),
        "department_id": ids["departments"].get(row["department"]),
        "pin_hash": pin_hash,
        "phone": row["phone"],
    }


def _former(employees: list[Employee]) -> list[Employee]:
    niks = {row["nik"] for row in people() if row["state"] == "frozen"}
    return [employee for employee in employees if employee.nik in niks]


def _labels(facts: dict) -> Iterator[str]:
    """The labels of all assets, for example T002-PRK-01."""
    for store_code, *_ in facts["stores"]:
        extras = facts["extras"].get(store_code, [])
        for kind, has in facts["kinds"].items():
            amount = has["office" if store_code == HEAD_OFFICE else "shop"] + extras.count(kind)
            yield from (f"{store_code}-{has['code']}-{number:02}" for number in range(1, amount + 1))
    yield from facts["retired"]


def _add_asset(query: Query, facts: dict, ids: dict, label: str, rng: Random) -> Asset:
    store_code, code, _ = label.split("-")
    kind, has = next((kind, has) for kind, has in facts["kinds"].items() if has["code"] == code)
    is_retired = label in facts["retired"]
    row = {"label": label, "kind_id": ids["kinds"][kind], "store_id": ids["stores"][store_code]}
    row |= {"is_retired": is_retired, "serial": _serial(has["serial"], rng)}
    return Asset(Demo(query).add_asset(row), kind, label, store_code, is_retired, label in facts["fails_often"])


def _serial(prefix: str, rng: Random) -> str:
    """An invented serial number; empty for kinds without one, such as chairs."""
    return prefix and f"{prefix}{rng.randrange(16, 26)}{rng.choice('ABCDEFGHJK')}{rng.randrange(10**6):06}"
