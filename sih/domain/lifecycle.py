"""The transitions of a problem (docs/architecture.md, Life of a problem); the same are in sql/schema.sql."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arrow:
    """The transition of a verb: status before and after, and the kind of event that it records."""

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
