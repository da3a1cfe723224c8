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
    "withdraw": Arrow("withdrawn", "new", "closed"),
}
OPEN, WORKED_ON = ("new", "in_progress", "escalated"), ("in_progress", "escalated")
# The statuses in which each verb begins. "correct" is a state event that stays in the status where it finds a problem;
# "confirm", "ask" and "unask" are none.
STARTS = {verb: (arrow.before,) for verb, arrow in ARROWS.items()} | {
    "confirm": ("closed",),
    "correct": OPEN,
    "ask": WORKED_ON,
    "unask": WORKED_ON,
}

# Verbs of several arrows in one transaction. Whoever may do the first may do the others: what the helpdesk has opened
# waits at the helpdesk.
COMBINED = {"open_and_escalate": ("open", "escalate")}


def first_of(verb: str) -> str:
    """The verb that decides whether this one is allowed: itself, or the first of a combined one."""
    return COMBINED.get(verb, (verb,))[0]
