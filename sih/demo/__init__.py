"""The demo company of a first start: stores, people, assets, and three years of problems."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from sih.dao.audits import signed
from sih.dao.demo import Demo
from sih.dao.query import Query
from sih.demo import company, problems

PIN = "482915"
SEED = 79  # any fixed number: the same moment gives the same company


def fill(query: Query, hash_pin: Callable[[str], str], now: datetime) -> None:
    """Fills an empty database, whole or not at all. Every PIN is PIN."""
    hashes = company.hash_pins(hash_pin, PIN)
    rng = Random(SEED)  # noqa: S311 -- no secret is drawn from it
    with signed(query, now, None, "demo"):
        Demo(query).mark()
        made = company.add(query, hashes, rng)
        problems.add(query, made, now, rng)
        company.freeze_former_employees(query, made)
