"""The pages "Beban Kerja": their addresses, their links, and a history that gives them figures."""

from datetime import UTC, datetime

from tests.histories import lives

NOW = datetime(2025, 12, 10, tzinfo=UTC)  # when the last of a history is over
HISTORY = lives(80, seed=4)
PATH = """
SELECT '/loads/pics/' || e.id AS address FROM employee e WHERE lower(e.name) = %(name)s
UNION ALL SELECT '/loads/divisions/' || d.id FROM division d WHERE d.name = %(name)s
"""


def path_of(query, name: str) -> str:
    """The address of a PIC ("pandu") or a division ("Umum")."""
    return query.one(PATH, {"name": name})["address"]


def dimension_of(address: str) -> tuple[str, int]:
    """As the recap names it: ("pic", 8)."""
    _, _, noun, number = address.split("/")
    return noun.removesuffix("s"), int(number)


def links(page, start: str) -> dict[str, str]:
    """The addresses of the links that begin so, by the text of the link."""
    return {link.text: link["href"] for link in page.select(f"main a[href^='{start}']")}
