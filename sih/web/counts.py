"""What the header of every page counts for the signed-in person."""

from sih.domain import policy
from sih.domain.numbers import capped
from sih.domain.records import Employee

MOST_UNREAD, MOST_WAITING = 99, 999


def counts(person: Employee) -> dict[str, str]:
    """As texts, empty where there is nothing: `unread` notices, for handlers the problems `waiting` for them, and what
    stands before the `title` of a page: of handlers what waits, of others what is unread."""
    unread = capped(person.unread, MOST_UNREAD) if person.unread else ""
    waiting = f"({capped(person.waiting, MOST_WAITING)})" if person.waiting else ""
    title = waiting if policy.is_handler(person) else f"({unread})" * bool(unread)
    return {"unread": unread, "waiting": waiting, "title": title}
