"""The expected status of a problem of Rini's after every button, independent of the
application: the table of docs/architecture.md, Life of a problem."""

from dataclasses import dataclass

from tests.company import PEOPLE

# noun: the status before and after
TABLE = {
    "openings": ("new", "in_progress"),
    "closures": ("in_progress", "closed"),
    "escalations": ("in_progress", "escalated"),
    "acceptances": ("escalated", "in_progress"),
    "returns": ("escalated", "in_progress"),
    "reopenings": ("closed", "in_progress"),
    "confirmations": ("closed", "closed"),
    "withdrawals": ("new", "closed"),
    "corrections": ("open", "open"),  # new, in_progress or escalated, and as it was
}
PLACES = {name: (name, None) for name in ("Helpdesk", "Umum", "Jaringan", "Aplikasi")}
PLACES |= {name: ("Aplikasi", name) for name in ("Pandu", "Putri")}
NOBODY = (None, None)


@dataclass
class Model:
    """A problem of Rini's, as docs/architecture.md, Life of a problem, tells it."""

    status: str = "new"
    holder: tuple = ("Helpdesk", None)
    giver: tuple = NOBODY
    hours_closed: int = 0
    is_confirmed: bool = False
    is_withdrawn: bool = False

    def allows(self, name: str, noun: str, place: tuple) -> bool:
        begins = "open" if noun == "corrections" and self.status != "closed" else self.status
        if begins != TABLE[noun][0] or self.is_withdrawn or (noun == "escalations" and place == self.holder):
            return False
        if noun == "withdrawals":
            return name == "rini"
        is_reporter = name == "rini" and self.hours_closed < 72 and not self.is_confirmed
        if noun == "confirmations":
            return is_reporter
        _, role, _, division, _ = PEOPLE[name]
        division_holds, pic = self.holder
        holds = role == "handler" and (name.capitalize() == pic if pic else division == division_holds)
        is_new_and_own = noun == "corrections" and self.status == "new" and name == "rini"
        return division == "Helpdesk" or holds or (noun == "reopenings" and is_reporter) or is_new_and_own

    def move(self, noun: str, place: tuple) -> None:
        if noun == "corrections":
            return
        self.status, self.is_withdrawn = TABLE[noun][1], noun == "withdrawals"
        if noun == "escalations":
            self.holder, self.giver = place, self.holder
        elif noun == "returns":
            self.holder = self.giver
        if self.status != "escalated":
            self.giver = NOBODY
        if noun == "closures":
            self.hours_closed = 0
        self.is_confirmed = noun == "confirmations"
