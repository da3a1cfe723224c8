"""The pages of the loads: where they are, where they lead, and a company whose figures fill them."""

from datetime import UTC, datetime

from tests.histories import lives

NOW = datetime(2025, 12, 10, tzinfo=UTC)  # when the last of a history is over
HISTORY = lives(80, seed=4)
PATH = """
SELECT '/loads/pics/' || e.id AS address FROM employee e WHERE lower(e.name) = %(name)s
UNION ALL SELECT '/loads/divisions/' || d.id FROM division d WHERE d.name = %(name)s
"""


def path_of(query, name: str) -> str:
    """Of "pandu", or of "Umum"."""
    return query.one(PATH, {"name": name})["address"]


def cut_of(address: str) -> tuple[str, int]:
    """As the recap names it: ("pic", 8)."""
    _, _, noun, number = address.split("/")
    return noun.removesuffix("s"), int(number)


def links(page, start: str) -> dict[str, str]:
    """Where they lead, by what they say."""
    return {link.text: link["href"] for link in page.select(f"main a[href^='{start}']")}
