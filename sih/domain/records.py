"""What the DAOs return and the templates read: plain facts, no HTTP and no SQL. Query makes them from rows: the order
of the fields is that of the columns. Those that a page shows many of are not frozen: with 17 fields a frozen dataclass
takes ten times as long to make."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

REOPEN_DAYS = 3  # after closing, for the reporter; docs/architecture.md, Life of a problem


@dataclass(frozen=True, slots=True)
class Employee:
    """A person as signed in. Flask-Login reads the members that are no facts."""

    id: int
    nik: str
    name: str
    role: str
    store_id: int
    store_code: str
    store_name: str
    time_zone: str
    division_id: int | None
    division_name: str | None
    is_helpdesk: bool
    department_id: int | None
    session_version: int
    language: str
    theme: str
    session_id: UUID | None = None  # None: the person without a session, as background work knows one
    seen_at: datetime | None = None  # when the session was last used, up to ten minutes behind
    has_weak_pin: bool = False  # the PIN that opened the session is too easy to guess
    small_masters_version: UUID | None = None  # of the divisions and their like (dao/small_masters.py), at this request

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.session_id)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Account:
    """What sign-in needs of a NIK, before anybody is signed in."""

    id: int
    nik: str
    name: str
    store_code: str
    store_name: str
    pin_hash: str | None
    session_version: int
    is_frozen: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from: its address, and its browser as web/known_browsers.py names it. Empty: the command
    line."""

    address: str = ""
    browser: str = ""


COMMAND_LINE = Origin()


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """A line of the security events: what, when, whom it concerns, who did it, from where."""

    id: int
    kind: str
    at: datetime
    nik: str
    name: str | None
    actor_nik: str | None
    actor_name: str | None
    address: str
    browser: str
    detail: str
    amount: int  # how often within its minute


@dataclass(frozen=True, slots=True)
class ActivationSheet:
    """Activation codes for many stores as a file, made in the background; `city` or `stores`, neither is all."""

    id: int
    employee_id: int | None
    salt: str
    city: str | None
    stores: list[str] | None
    replaces: bool
    created_at: datetime
    ready_at: datetime | None
    amount: int
    done: int
    total: int
    job_state: str


@dataclass(frozen=True, slots=True)
class Reporter:
    """For whom a problem is recorded: the one who writes it, or a caller of the helpdesk."""

    id: int
    nik: str
    name: str
    store_id: int
    store_code: str
    store_name: str


@dataclass(slots=True)
class ProblemSummary:
    """A problem as a row of the list: also all that the rules of sih/domain/policy.py ask."""

    id: int
    title: str
    status: str
    priority: str | None
    reported_at: datetime
    held_since: datetime
    store: str  # code and name
    asset: str  # kind, and label where it has one
    reporter_id: int
    reporter_name: str
    holder_division_id: int
    holder_division: str
    holder_employee_id: int | None
    holder_employee: str | None
    closed_at: datetime | None
    confirmed_at: datetime | None
    last_event_id: int

    def __hash__(self) -> int:
        """The list keeps the HTML of its rows by their records."""
        return self.id

    @property
    def holder(self) -> str:
        """Where it waits, in a word: the division, or the PIC with it."""
        return f"{self.holder_employee} ({self.holder_division})" if self.holder_employee else self.holder_division

    def is_open_to_reporter(self, now: datetime) -> bool:
        """Whether the reporter may still say "Beres" or "Belum" to a closed problem."""
        if self.closed_at is None or self.confirmed_at is not None:
            return False
        return now < self.closed_at + timedelta(days=REOPEN_DAYS)


@dataclass(slots=True)
class Problem(ProblemSummary):
    """A problem with everything that was written about it."""

    store_id: int
    description: str
    category: str | None
    diagnosis: str | None
    solution: str | None
    reporter_nik: str
    asset_id: int | None
    asset_serial: str | None
    usual_division_id: int | None  # where problems of its category usually go
    giver_division: str | None
    giver_employee: str | None


@dataclass(slots=True)
class Event:
    """One line of the history (docs/paper.md, R9): who, when, from whom to whom, and why."""

    id: int
    kind: str
    at: datetime
    actor_nik: str
    actor_name: str
    actor_division: str | None
    from_division: str | None
    from_employee: str | None
    to_division: str
    to_employee: str | None
    priority: str | None
    category: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A row to choose from, with its open load where that matters."""

    id: int
    name: str
    parent_id: int | None = None
    load: int = 0
    usual: str | None = None  # the priority that problems of this category usually get


@dataclass(frozen=True, slots=True)
class AssetChoice:
    """A labelled good of a store."""

    id: int
    kind_id: int
    kind: str
    label: str
    serial: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is asked for (docs/paper.md, R7). None means: not set."""

    year: int | None = None
    status: str | None = None
    priority: str | None = None
    division_id: int | None = None
    store_id: int | None = None
    words: str | None = None
    mine: bool = False
    waiting: bool = False

    @property
    def have_kept_counts(self) -> bool:
        """Whether only store, holder, year and status are set, whose counts are kept."""
        return not (self.priority or self.words or self.mine or self.waiting)
