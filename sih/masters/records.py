"""Imports and the audit, as the pages read them."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts where nobody is signed in: in the background, for the one who asked for it."""

    id: int


@dataclass(frozen=True, slots=True)
class Import:
    """An imported file, and its state. `counts`: rows by kind of change, rows, active, tidied, hidden, of a complete
    list `without_key`, and what follows from it (Imports.compare); what would be 0 but for rows and active is missing.
    `same_people`: {new NIK: NIK until now}, as an admin chose. `sheets` of a workbook: {name, rows, columns, is_hidden,
    is_unreadable, is_read}. `headings` of its faulty rows' cells."""

    id: int
    noun: str
    file_name: str
    is_complete: bool
    actor_id: int | None
    created_at: datetime
    state: str
    fault: dict | None
    sheets: list[dict]
    columns: list[str]
    unused: list[str]
    headings: list[str]
    counts: dict[str, int]
    fingerprint: str | None
    has_differed: bool
    same_people: dict[str, str]
    done: int | None
    total: int | None
    job_state: str | None
    actor: str | None

    @property
    def lists(self) -> list[dict]:
        """The sheets that could be the list."""
        return [sheet for sheet in self.sheets if sheet["columns"]]

    @property
    def chosen(self) -> list[str] | None:
        """The names of the sheets that are read; None before that is known, and for a text."""
        return [sheet["name"] for sheet in self.sheets if sheet["is_read"]] or None

    @property
    def has_several_sheets(self) -> bool:
        """Whether the number of a row needs the name of its sheet."""
        return len(self.chosen or ()) > 1

    @property
    def is_busy(self) -> bool:
        return self.state in ("reading", "writing") and self.job_state != "failed"

    @property
    def must_be_typed(self) -> int | None:
        """How many would be deactivated, where they are so many that the number must be typed."""
        gone = self.counts.get("deactivate", 0)
        return gone if gone * 20 > self.counts.get("active", 0) else None


@dataclass(frozen=True, slots=True)
class ImportChange:
    """What becomes of a row: `kind` is create, change, deactivate, fault or non_row; `facts` of a fault holds its
    reasons, of a non_row what it is and the number of the last of several.
    `sheet`: the name of its sheet, '' without one; `is_hidden`: the spreadsheet does not show the row."""

    place: int
    number: int | None
    kind: str
    row_name: str
    facts: dict
    changes: dict
    sheet: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class ImportPair:
    """A NIK of the file that nobody has, and somebody of that name and store; `is_same` where they are one person."""

    place: int
    number: int
    sheet: str
    nik: str
    employee_id: int
    former_nik: str
    name: str
    store: str
    is_same: bool

    @property
    def value(self) -> str:
        """As a form or the command line names it."""
        return f"{self.former_nik}:{self.nik}"


@dataclass(frozen=True, slots=True)
class Audit:
    """One administrative change. `changes`: {column: [from, to]}; of a new row {column: value}."""

    id: int
    at: datetime
    source: str
    actor_id: int | None
    actor_nik: str | None
    actor_name: str | None
    noun: str
    row_id: int
    row_name: str
    kind: str
    changes: dict
    reason: str | None


@dataclass(frozen=True, slots=True)
class Asset:
    """A good with a label."""

    id: int
    label: str
    kind: str
    serial: str
    bought_on: date | None
    is_retired: bool
    store_id: int
    store: str


@dataclass(frozen=True, slots=True)
class AssetProblem:
    """One time that a good failed."""

    id: int
    title: str
    status: str
    reported_at: datetime
    closed_at: datetime | None
    category: str | None
