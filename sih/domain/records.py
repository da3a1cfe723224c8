"""Plain records that DAOs return and templates read. Query creates them from rows by position: the order of the fields
is that of the columns. Records that pages show in large numbers are not frozen, since creating a frozen dataclass with
17 fields takes ten times as long."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sih.domain.vocabulary import URGENCY

REOPEN_DAYS = 3  # after closing, for the reporter; docs/architecture.md, Life of a problem


@dataclass(frozen=True, slots=True)
class Employee:
    """A signed-in person. Flask-Login uses is_authenticated, is_active, is_anonymous and get_id."""

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
    has_keys: bool = True  # single keys act on pages
    default_view_id: int | None = None  # the saved view with which the list of a handler opens
    starts_with_report: bool = False  # signing in leads to the form of a report
    session_id: UUID | None = None  # None: read without a session, by background work
    seen_at: datetime | None = None  # last use of the session, accurate to ten minutes
    has_weak_pin: bool = False  # the PIN that opened the session is too easy to guess
    small_masters_version: UUID | None = None  # see dao/small_masters.py
    unread: int = 0  # notices, at most 100
    waiting: int = 0  # problems of a handler's "Menunggu saya", at most 1000

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
    """The account of a NIK, as needed for signing in."""

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
    """The origin of a request: IP address, and browser as named by web/known_browsers.py. Empty: the command line."""

    address: str = ""
    browser: str = ""


COMMAND_LINE = Origin()


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """A security event: `nik` and `name` of the person concerned, `actor_*` of the person who acted."""

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
    amount: int  # occurrences within one minute


@dataclass(frozen=True, slots=True)
class ActivationSheet:
    """A sheet of activation codes, made in the background, for a `city`, for `stores` (codes), or without both for all
    stores."""

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
    """The person for whom a problem is recorded: its writer, or a caller of the helpdesk."""

    id: int
    nik: str
    name: str
    store_id: int
    store_code: str
    store_name: str


@dataclass(slots=True)
class ProblemSummary:
    """A row of the list of problems; contains everything that sih/domain/policy.py needs. Fields with a default are no
    columns: the DAO adds these names (dao/small_masters.py: add_names)."""

    id: int
    title: str
    status: str
    priority: str | None
    reported_at: datetime
    held_since: datetime
    store: str  # code and name
    asset_kind_id: int
    asset_label: str | None
    reporter_id: int
    reporter_name: str
    holder_division_id: int
    holder_employee_id: int | None
    holder_employee: str | None
    closed_at: datetime | None
    confirmed_at: datetime | None
    last_event_id: int
    is_withdrawn: bool
    asked_event_id: int | None  # the open question to the reporter
    failures: int  # which report of its good this is within 90 days; 0: of a good without label
    category_id: int | None
    asset_kind: str = field(default="", kw_only=True)
    holder_division: str = field(default="", kw_only=True)

    def __hash__(self) -> int:
        """Rows of the list are cached as HTML with their record as the key."""
        return self.id

    @property
    def asset(self) -> str:
        """The asset as text: its kind, and its label if it has one."""
        return f"{self.asset_kind} {self.asset_label}" if self.asset_label else self.asset_kind

    @property
    def holder(self) -> str:
        """The holder as text: the division, or PIC and division."""
        return f"{self.holder_employee} ({self.holder_division})" if self.holder_employee else self.holder_division

    @property
    def newest_event_id(self) -> int:
        """The newest event that a row shows: the last move, or the open question."""
        return max(self.last_event_id, self.asked_event_id or 0)

    def place_in(self, order: str | None) -> tuple[datetime, int, int]:
        """The position of this problem in the list with this order: a time, its number, and the rank of its priority
        where the order asks for one."""
        if order is None:
            return self.reported_at, self.id, 0
        return self.held_since, self.id, URGENCY.index(self.priority) if order == "urgent" else 0

    def is_open_to_reporter(self, now: datetime) -> bool:
        """Whether the reporter may still confirm ("Beres") or reopen ("Belum") this closed problem."""
        until = self.reopenable_until
        return until is not None and self.confirmed_at is None and now < until

    @property
    def reopenable_until(self) -> datetime | None:
        """Until when the reporter may confirm or reopen this closed problem; None for an open one, and for one that was
        withdrawn."""
        return None if self.is_withdrawn else self.closed_at and self.closed_at + timedelta(days=REOPEN_DAYS)


@dataclass(slots=True)
class PickedProblem(ProblemSummary):
    """One of many problems to act on, with its last step: what happened to it since a page showed it."""

    last_kind: str
    last_at: datetime
    last_actor: str


@dataclass(slots=True)
class ToAnswer(ProblemSummary):
    """An own report that waits for a word of its reporter: an answer to its open question, or "Beres" or "Belum"."""

    question: str | None


@dataclass(slots=True)
class Problem(ProblemSummary):
    """A problem with all its texts, as its page shows it."""

    store_id: int
    description: str
    diagnosis: str | None
    solution: str | None
    reporter_nik: str
    asset_id: int | None
    asset_serial: str | None
    giver_division_id: int | None
    giver_employee: str | None
    store_phone: str  # '': none is known
    reporter_phone: str
    is_followed: bool  # by whoever looks at it
    question: str | None  # the words of the open question to the reporter
    asked_at: datetime | None
    asker_name: str | None
    category: str | None = field(default=None, kw_only=True)
    usual_division_id: int | None = field(default=None, kw_only=True)  # the usual division of its category
    giver_division: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Trouble:
    """The same trouble in other stores, of which nothing else is told: kind of good, category if it has one, and how
    many stores."""

    kind: str
    category: str | None
    stores: int


@dataclass(frozen=True, slots=True)
class Repeats:
    """What a report may repeat: open problems of the store, the likest first, and the trouble of other stores."""

    problems: list[PickedProblem]
    elsewhere: Trouble | None

    def __bool__(self) -> bool:
        return bool(self.problems or self.elsewhere)

    @property
    def names(self) -> set[str]:
        """What it shows, so that nobody is asked twice about the same."""
        return {str(problem.id) for problem in self.problems} | ({"elsewhere"} if self.elsewhere else set())


@dataclass(frozen=True, slots=True)
class Cure:
    """How a problem like another one was mended."""

    id: int
    title: str
    diagnosis: str
    solution: str
    reported_at: datetime
    closed_at: datetime
    asset_id: int | None
    store: str
    solver: str
    is_confirmed: bool
    took: str = field(default="", kw_only=True)  # from report to closing, in words


@dataclass(slots=True)
class Event:
    """One entry of a problem's history (docs/paper.md, R9)."""

    id: int
    kind: str
    at: datetime
    actor_nik: str
    actor_name: str
    actor_division_id: int | None
    from_division_id: int | None
    from_employee: str | None
    to_division_id: int
    to_employee: str | None
    priority: str | None
    category_id: int | None
    note: str | None
    correction: dict[str, list[str]] | None  # {"title": [before, after], ...}: of title, description, good
    named: str | None  # the people who are named in it
    files: list[dict] | None  # as sih/dao/files.py: OF_EVENT; without `format` if it was removed
    actor_division: str | None = field(default=None, kw_only=True)
    from_division: str | None = field(default=None, kw_only=True)
    to_division: str = field(default="", kw_only=True)
    category: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select field, with its open load if the form shows it."""

    id: int
    name: str
    parent_id: int | None = None
    load: int = 0
    usual: str | None = None  # usual priority of a category


@dataclass(frozen=True, slots=True)
class ReadyText:
    """A text that handlers of a division often write. `purpose`: of vocabulary.PURPOSES."""

    id: int
    name: str
    division_id: int
    purpose: str
    words: str


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report was about: an asset, or a kind without a label."""

    asset_id: int | None
    kind_id: int


@dataclass(frozen=True, slots=True)
class AssetChoice:
    """An asset of a store as an option of a select field."""

    id: int
    kind_id: int
    kind: str
    label: str
    serial: str


@dataclass(frozen=True, slots=True)
class Match:
    """A store or an employee that a typed text means, or may mean."""

    id: int
    code: str  # code of the store, NIK of the employee
    name: str
    place: str  # city of the store, store of the employee


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a typed text means: one row, or none and the rows that it may mean."""

    match: Match | None = None
    suggestions: tuple[Match, ...] = ()
    is_ambiguous: bool = False  # the text fits each of the suggestions; otherwise none


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A saved view as a link to the list."""

    name: str
    filters: str  # a query string


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What the page of the list needs besides the problems: the options of its filters, and its notices."""

    divisions: tuple[Choice, ...]
    former: tuple[Choice, ...]  # further options: inactive divisions with open problems
    groups: tuple[tuple[Choice, tuple[Choice, ...]], ...]  # both, below the top-level divisions
    categories: tuple[Choice, ...]
    former_categories: tuple[Choice, ...]
    asset_kinds: tuple[Choice, ...]
    former_asset_kinds: tuple[Choice, ...]
    found: dict[str, LookUp]  # of the filters store, reporter and pic, as far as something was typed
    is_news: bool  # the month has problems, and this supervisor has neither opened nor dismissed its recap
    is_alarmed: bool  # too many wrong PINs in the whole company
    views: tuple[ViewLink, ...] = ()  # by name


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the list (docs/paper.md, R7) and its order. None and (): not set."""

    year: int | None = None
    status: str | None = None
    priority: str | None = None
    division_ids: tuple[int, ...] = ()  # of the holder: a division, or one with its sub-divisions
    store_id: int | None = None
    category_id: int | None = None
    asset_kind_id: int | None = None
    pic_id: int | None = None  # the holder
    reporter_id: int | None = None
    since: datetime | None = None  # of the report
    until: datetime | None = None  # exclusive
    words: str | None = None
    mine: bool = False
    waiting: bool = False
    asked: bool = False  # an open question waits for the reporter
    order: str | None = None  # of vocabulary.ORDERS; None: the newest first
    match_nothing: bool = False  # a store or a person was typed that nobody knows

    @property
    def have_kept_counts(self) -> bool:
        """Whether the counts of the tabs are kept: only those by store, holding division, year and status are. The tabs
        lead out of "Menunggu saya"."""
        has_others = (
            self.priority or self.category_id or self.asset_kind_id or self.pic_id or self.reporter_id or self.since
        )
        return not (has_others or self.until or self.words or self.mine or self.asked or self.match_nothing)
