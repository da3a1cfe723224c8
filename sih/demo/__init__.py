"""The invented company of a first start: stores, people, goods, and three years of problems."""

import random
from collections.abc import Callable
from datetime import datetime

from sih.dao.audits import signed
from sih.dao.demo import Demo
from sih.dao.query import Query
from sih.demo import company, people
from sih.demo.plan import stories
from sih.demo.play import Play
from sih.demo.texts import Texts

PIN = "482915"
SEED = 79  # any fixed number: the same moment gives the same company


def fill(query: Query, hash_pin: Callable[[str], str], now: datetime) -> None:
    """Fills an empty database, whole or not at all. Every PIN is PIN."""
    hashes = people.hashes(hash_pin, PIN)
    dice = random.Random(SEED)  # noqa: S311 -- no secret is drawn from it
    with signed(query, now, None, "demo"):
        Demo(query).mark()
        made = company.make(query, hashes, dice)
        Play(query, made, dice).perform(stories(made, Texts(dice), now, dice))
        people.freeze(query, made.gone)
