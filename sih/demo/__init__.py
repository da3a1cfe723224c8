"""The demo company of a first start: stores, people, assets, and three years of problems."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from sih.dao.audits import signed
from sih.dao.demo import Demo
from sih.dao.query import Query
from sih.demo import company, problems

PIN = "482915"
SEED = 79  # any fixed number: for the same moment the company is the same


def fill(query: Query, hash_pin: Callable[[str], str], now: datetime) -> None:
    """Fills an empty database, in one transaction. `hash_pin` hashes PIN, which is the PIN of everybody."""
    hashes = company.hash_pins(hash_pin, PIN)
    rng = Random(SEED)  # noqa: S311 -- not used for secrets
    with signed(query, now, None, "demo"):
        Demo(query).mark()
        made = company.add(query, hashes, rng)
        problems.add(query, made, now, rng)
        company.freeze_former_employees(query, made)
