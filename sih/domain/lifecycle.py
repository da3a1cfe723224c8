"""Every arrow of docs/architecture.md, Life of a problem: one line here, and one in sql/schema.sql."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arrow:
    """A verb moves a problem from one status to another and leaves an event of this kind."""

    event: str
    before: str
    after: str


ARROWS = {
    "open": Arrow("opened", "new", "in_progress"),
    "close": Arrow("closed", "in_progress", "closed"),
    "escalate": Arrow("escalated", "in_progress", "escalated"),
    "accept": Arrow("accepted", "escalated", "in_progress"),
    "return": Arrow("returned", "escalated", "in_progress"),
    "reopen": Arrow("reopened", "closed", "in_progress"),
}
