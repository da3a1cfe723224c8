"""Parses the audit's filters from its URL; labels of the columns and of the changes."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Protocol

from sih.domain.clock import COMPANY_ZONE
from sih.domain.text import clean, is_plain, nik_of
from sih.domain.vocabulary import PRIORITIES, PURPOSES, ROLES, ZONES
from sih.forms.age_limits import LABELS
from sih.masters import BY_NAME, NOUNS
from sih.sheets import Fault
from sih.sheets.cells import date_of

# Columns of the tables, by their name in the audit: label, and the noun that the number refers to.
COLUMNS = {
    "nik": ("NIK", None),
    "name": ("Nama", None),
    "role": ("Peran", None),
    "email": ("E-mail", None),
    "mailbox": ("Kotak surat", None),
    "phone": ("Telepon", None),
    "code": ("Kode", None),
    "city": ("Kota", None),
    "time_zone": ("Zona waktu", None),
    "label": ("Kode label", None),
    "serial": ("Nomor seri", None),
    "bought_on": ("Tanggal perolehan", None),
    "priority": ("Prioritas biasanya", None),
    "purpose": ("Untuk", None),
    "words": ("Teks", None),
    "meaning": ("Artinya", None),
    "is_active": ("Aktif", None),
    "is_frozen": ("Dibekukan", None),
    "is_retired": ("Tidak dipakai lagi", None),
    "is_helpdesk": ("Helpdesk", None),
    "store_id": ("Toko", "store"),
    "division_id": ("Divisi", "division"),
    "department_id": ("Departemen", "department"),
    "parent_id": ("Divisi induk", "division"),
    "kind_id": ("Jenis", "asset_kind"),
    "hours": ("Jam", None),
}
WORDS = {True: "Ya", False: "Tidak", **ROLES, **PRIORITIES, **PURPOSES, **ZONES}
# What the audit records, by table: its title.
TITLES = {noun.name: noun.title for noun in NOUNS} | {"age_limit": "Batas umur"}


class HasFaults(Protocol):
    """The reading of a list's filters."""

    faults: list[str]


@dataclass
class AuditReading:
    """The parsed filters, and the labels of those that are invalid."""

    filters: dict
    after: tuple[datetime, int] | None = None
    faults: list[str] = field(default_factory=list)
    query_args: dict[str, str] = field(default_factory=dict)  # the valid filters, as a query string has them


def parse(args) -> AuditReading:
    """`args`: the query string's pairs."""
    reading = AuditReading(dict.fromkeys(("noun", "row_id", "nik", "since", "until")))
    noun, row, nik = clean(args.get("noun")), clean(args.get("row")), nik_of(args.get("nik"))
    if noun:
        keep(reading, "noun", noun if noun in TITLES else None, "Data")
    if row and reading.filters["noun"]:
        is_number = row.isascii() and row.isdecimal() and len(row) < 10
        keep(reading, "row_id", int(row) if is_number else None, "Data")
    if nik:
        keep(reading, "nik", nik if is_plain(nik) and len(nik) <= 20 else None, "NIK pengubah")
    reading.filters["since"] = day_of(args, "since", "Dari tanggal", reading)
    reading.filters["until"] = day_of(args, "until", "Sampai tanggal", reading, days=1)
    names = {"noun": "noun", "row_id": "row", "nik": "nik", "since": "since", "until": "until"}
    understood = [name for kept, name in names.items() if reading.filters[kept] is not None]
    reading.query_args = {name: clean(args.get(name)) for name in understood}
    reading.after = cursor_in(args, reading)
    return reading


def place_of(entry) -> tuple[str, str]:
    """The address of the page where this row is changed, and the row's name."""
    if entry.noun == "age_limit":
        return "/age-limits/edit", LABELS[entry.row_name]
    return f"/{BY_NAME[entry.noun].plural}/{entry.row_id}/edit", entry.row_name


def of_row(noun: str, row_id: int) -> dict:
    """The filters for the changes of one row."""
    return dict.fromkeys(("nik", "since", "until")) | {"noun": noun, "row_id": row_id}


def cursor_of(entry) -> str:
    return f"{entry.at.isoformat()}~{entry.id}"


def keep(reading: AuditReading, name: str, value, label: str) -> None:
    reading.filters[name] = value
    if value is None:
        reading.faults.append(label)


def day_of(args, name: str, label: str, reading: HasFaults, days: int = 0) -> datetime | None:
    """The start of this day in the company's time zone, or of the day `days` later."""
    text = clean(args.get(name))
    found = date_of(text) if text else None
    if found is None or isinstance(found, Fault):
        reading.faults += [label] if found else []
        return None
    try:
        day = datetime.fromisoformat(found) + timedelta(days=days)
    except OverflowError:
        return None
    return datetime.combine(day, time(), COMPANY_ZONE)


def cursor_in(args, reading: AuditReading) -> tuple[datetime, int] | None:
    at, _, number = args.get("after", "").partition("~")
    if not at:
        return None
    try:
        if number.isascii() and number.isdecimal() and len(number) < 19:
            moment = datetime.fromisoformat(at.replace(" ", "+"))
            return (moment, int(number)) if moment.tzinfo else _unread(reading)
    except ValueError:
        pass
    return _unread(reading)


def _unread(reading: AuditReading) -> None:
    reading.faults.append("Halaman")
