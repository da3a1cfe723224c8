"""The labelled goods of the invented company."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sih.dao.demo import Demo
from sih.dao.query import Query

OFFICE = "T001"


@dataclass(frozen=True)
class Good:
    """`is_hot`: it fails again and again."""

    id: int
    kind: str
    label: str
    store_code: str
    is_retired: bool
    is_hot: bool

    @property
    def number(self) -> int:
        return int(self.label.rpartition("-")[2])


def buy(query: Query, facts: dict, ids: dict[str, dict[str, int]], dice: Random) -> list[Good]:
    return [_add(query, facts, ids, label, dice) for label in _labels(facts)]


def _labels(facts: dict) -> Iterator[str]:
    """T002-PRK-01 and so on."""
    for store_code, *_ in facts["stores"]:
        extras = facts["extras"].get(store_code, [])
        for kind, has in facts["kinds"].items():
            amount = has["office" if store_code == OFFICE else "shop"] + extras.count(kind)
            yield from (f"{store_code}-{has['code']}-{number:02}" for number in range(1, amount + 1))
    yield from facts["retired"]


def _add(query: Query, facts: dict, ids: dict, label: str, dice: Random) -> Good:
    store_code, code, _ = label.split("-")
    kind, has = next((kind, has) for kind, has in facts["kinds"].items() if has["code"] == code)
    is_retired = label in facts["retired"]
    row = {"label": label, "kind_id": ids["kinds"][kind], "store_id": ids["stores"][store_code]}
    row |= {"is_retired": is_retired, "serial": _serial(has["serial"], dice)}
    return Good(Demo(query).add_asset(row), kind, label, store_code, is_retired, label in facts["hot"])


def _serial(prefix: str, dice: Random) -> str:
    """Empty for what has none, such as a chair."""
    return prefix and f"{prefix}{dice.randrange(16, 26)}{dice.choice('ABCDEFGHJK')}{dice.randrange(10**6):06}"
