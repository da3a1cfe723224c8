"""Records of imports and the audit, as pages use them."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """The employee a background job acts for; nobody is signed in there."""

    id: int


@dataclass(frozen=True, slots=True)
class Import:
    """An imported file, and its state. `counts`: rows by kind of change, rows, active, tidied, hidden, of a complete
    list `without_key`, and the consequences (Imports.compare); zero counts are left out, except for rows and active.
    `same_people`: {new NIK: present NIK}, as an admin chose. `sheets` of a workbook: {name, rows, columns, is_hidden,
    is_unreadable, is_read}. `headings` of the cells of its faulty rows."""

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
        """The sheets that have the headings of this list."""
        return [sheet for sheet in self.sheets if sheet["columns"]]

    @property
    def chosen(self) -> list[str] | None:
        """The names of the chosen sheets; None before the choice, and for a text file."""
        return [sheet["name"] for sheet in self.sheets if sheet["is_read"]] or None

    @property
    def has_several_sheets(self) -> bool:
        """Whether a row number needs the name of its sheet."""
        return len(self.chosen or ()) > 1

    @property
    def is_busy(self) -> bool:
        return self.state in ("reading", "writing") and self.job_state != "failed"

    @property
    def must_be_typed(self) -> int | None:
        """The number of rows to deactivate, if there are so many that the admin must type the number; else None."""
        gone = self.counts.get("deactivate", 0)
        return gone if gone * 20 > self.counts.get("active", 0) else None


@dataclass(frozen=True, slots=True)
class ImportChange:
    """The planned change of a row: `kind` is create, change, deactivate, fault or non_row; `facts` of a fault holds its
    reasons, of a non_row its kind and the number of its last row. `sheet`: the name of its sheet, '' without one;
    `is_hidden`: the spreadsheet hides the row."""

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
    """A new NIK of the file, and an employee of the same name and store; `is_same` if an admin marked them as one
    person."""

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
        """The value of this pair in a form or on the command line."""
        return f"{self.former_nik}:{self.nik}"


@dataclass(frozen=True, slots=True)
class Audit:
    """One administrative change. `changes`: {column: [old, new]}; of a new row {column: value}."""

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
    """A good with a label, which identifies it."""

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
    """A problem reported for an asset."""

    id: int
    title: str
    status: str
    is_withdrawn: bool
    reported_at: datetime
    closed_at: datetime | None
    category: str | None
    solution: str | None
