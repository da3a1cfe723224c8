"""Naming people in a remark: "@" and a NIK or a name. As on GitHub, what names nobody is plain text."""

import re
from dataclasses import dataclass

MOST = 20  # of a text; what follows is plain text
# Up to four words. What stands before "@" in an address of mail or web is no blank.
NAMING = re.compile(r"(?<![\w@/.+-])@(\w[\w.'’-]*(?: \w[\w.'’-]*){0,3})")
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Nameable:
    """Somebody who may be named; `place`: division of a handler, store of the others."""

    id: int
    nik: str
    name: str
    role: str
    place: str


def words_of(text: str) -> list[str]:
    """As the database has them (sql/schema.sql: words_in_order)."""
    return WORD.findall(text.lower())


def phrases(text: str) -> list[list[str]]:
    """For each "@" of the text what it may name, the longest first: "hadi santoso", then "hadi"."""
    found = []
    for match in NAMING.finditer(text):
        words = words_of(match[1])
        found.append([" ".join(words[:amount]) for amount in range(min(len(words), 8), 0, -1)])
        if len(found) == MOST:
            break
    return found


def named(text: str, known: dict[str, list[Nameable]]) -> list[Nameable]:
    """Who is named, each once: whose NIK or whole name it is, or whose name begins so if there is no other. `known`:
    who may be meant, by phrase."""
    chosen = {}
    for choices in phrases(text):
        people = next(filter(None, (_meant(phrase, known.get(phrase, [])) for phrase in choices)), [])
        if len(people) == 1:
            chosen[people[0].id] = people[0]
    return list(chosen.values())


def _meant(phrase: str, people: list[Nameable]) -> list[Nameable]:
    """Whose NIK it is, before those whose whole name it is, before those whose name begins so."""
    names = {one.id: " ".join(words_of(one.name)) for one in people}
    niks = [one for one in people if phrase.split(" ")[0] == one.nik.lower()]
    whole = [one for one in people if names[one.id] == phrase]
    return niks or whole or [one for one in people if f"{names[one.id]} ".startswith(f"{phrase} ")]
