"""Short look-ups: a problem's state and events in the database; alerts, errors and field values on a page."""

from contextlib import contextmanager
from socket import socket

from bs4 import BeautifulSoup

from sih.dao.query import Pool, Query

STATE = """
SELECT p.status, d.name AS division, h.name AS employee
FROM problem p
JOIN division d ON d.id = p.holder_division_id
LEFT JOIN employee h ON h.id = p.holder_employee_id
WHERE p.id = %(id)s
"""
EVENTS = """
SELECT a.name AS actor, e.note, td.name AS division, te.name AS employee
FROM event e
JOIN employee a ON a.id = e.actor_id
JOIN division td ON td.id = e.to_division_id
LEFT JOIN employee te ON te.id = e.to_employee_id
WHERE e.problem_id = %(id)s AND e.kind = %(kind)s
ORDER BY e.at, e.id
"""


def state(query: Query, number: int) -> tuple[str, str, str | None]:
    """The problem's status, division and PIC."""
    row = query.one_or_none(STATE, {"id": number})
    return row["status"], row["division"], row["employee"]


def events(query: Query, number: int, kind: str) -> list[dict]:
    """The problem's events of this kind: actor, note, and the new holder (division, employee)."""
    return query.select(EVENTS, {"id": number, "kind": kind})


def amount(query: Query, table: str) -> int:
    return query.one(f"SELECT count(*) AS amount FROM {table}")["amount"]


def id_of(query: Query, table: str, name: str) -> int:
    """The id of the division, department, category or asset kind of this name."""
    return query.one(f"SELECT id FROM {table} WHERE name = %(name)s", {"name": name})["id"]


def alert(page: BeautifulSoup) -> str:
    """The sentence above a form, or of an error page."""
    return page.select_one("main [role=alert]").text.strip()


def errors(page: BeautifulSoup) -> dict[str, str]:
    """The sentence beside each field that is wrong, by the field's name."""
    error_fields = {field["aria-describedby"]: field["name"] for field in page.select("[aria-invalid=true]")}
    return {name: page.find(id=sentence).text for sentence, name in error_fields.items()}


def value(page: BeautifulSoup, name: str) -> str | None:
    """The value of a field of the main form."""
    field = page.select_one(f"main form [name={name}]:not([disabled])")
    if field.name == "select":
        chosen = field.select_one("option[selected]")
        return chosen and chosen["value"]
    return field.text.removeprefix("\r").removeprefix("\n") if field.name == "textarea" else field.get("value")


def options(page: BeautifulSoup, name: str) -> list[str]:
    """The words of a select, without the empty one."""
    return [option.text for option in page.select(f"select[name={name}]:not([disabled]) option") if option["value"]]


@contextmanager
def without_database(pool: Pool):
    """Inside the block nothing listens at the address of this pool."""
    address = pool.address
    pool.close()
    with socket() as held:
        held.bind(("127.0.0.1", 0))
        pool.address = {**address, "host": "127.0.0.1", "port": held.getsockname()[1]}
        yield
    pool.address = address
