"""The employees of the invented company and their PINs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import compress

from sih.dao.demo import Demo
from sih.dao.employees import Employees
from sih.dao.query import Query
from sih.demo import data
from sih.domain.records import Employee


def hashes(hash_pin: Callable[[str], str], pin: str) -> list[str | None]:
    """One hash a person, each with its own salt; None for who has not chosen a PIN yet."""
    with ThreadPoolExecutor() as threads:
        return list(threads.map(lambda row: None if row["state"] == "no PIN" else hash_pin(pin), data.people()))


def hire(query: Query, hashes: list[str | None], ids: dict[str, dict[str, int]]) -> list[Employee]:
    """Those who ever signed in. `ids` names the stores, divisions and departments."""
    rows = list(zip(data.people(), hashes, strict=True))
    added = [Demo(query).add_employee(_facts(row, pin_hash, ids)) for row, pin_hash in rows]
    has_pin = [pin_hash is not None for _, pin_hash in rows]
    return [Employees(query).active(employee_id, 1) for employee_id in compress(added, has_pin)]


def gone(employees: list[Employee]) -> list[Employee]:
    niks = {row["nik"] for row in data.people() if row["state"] == "frozen"}
    return [employee for employee in employees if employee.nik in niks]


def freeze(query: Query, gone: list[Employee]) -> None:
    """Last of all: until they left they reported like everybody."""
    for employee in gone:
        Employees(query).freeze(employee.nik)


def _facts(row: dict, pin_hash: str | None, ids: dict[str, dict[str, int]]) -> dict:
    return {
        "nik": row["nik"],
        "name": row["name"],
        "role": row["role"],
        "store_id": ids["stores"][row["store"]],
        "division_id": ids["divisions"].get(row["division"]),
        "department_id": ids["departments"].get(row["department"]),
        "pin_hash": pin_hash,
    }
