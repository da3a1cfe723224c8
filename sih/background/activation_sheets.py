"""Activation sheets for many stores: codes are issued in the background; the PDF is generated while it is
downloaded."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sih.dao.activation_sheets import ActivationSheets
from sih.dao.audits import signed
from sih.dao.employees import ACTIVATION_DAYS
from sih.dao.query import Query
from sih.dao.security_events import SecurityEvents
from sih.domain import pins
from sih.domain.records import COMMAND_LINE, ActivationSheet
from sih.pdf import activation_slips

Progress = Callable[[int, int], None]


def issue(query: Query, sheet_id: int, pin_key: str, now: datetime, progress: Progress) -> None:
    """Issues the codes of this sheet in batches of stores. Idempotent: after a crash it issues only the missing codes,
    and every code is the same. `progress(done, total)` counts stores."""
    sheets = ActivationSheets(query)
    sheet = sheets.of(sheet_id, now)
    if sheet is None or sheet.ready_at:
        return
    batches = list(sheets.stores(sheet))
    total, done = sum(map(len, batches)), 0
    for stores in batches:
        people = sheets.without_code(sheet, stores, now)
        if people:
            with signed(query, now, sheet.employee_id, f"sheet {sheet.id}"):
                sheets.issue(sheet, [_code(sheet, number, pin_key) for number in people], now)
        done += len(stores)
        progress(done, total)
    with query.transaction():
        amount = sheets.ready(sheet, now)
        detail = f"{sheet.id}: {amount}"
        SecurityEvents(query).add("sheet_made", now, COMMAND_LINE, actor_id=sheet.employee_id, detail=detail)


def pdf(query: Query, sheet: ActivationSheet, pin_key: str, public_url: str) -> Iterator[bytes]:
    """Yields the parts of the PDF. The connection returns to the pool between two batches of stores."""

    def slips() -> Iterator[tuple[dict, str]]:
        sheets = ActivationSheets(query)
        for stores in list(sheets.stores(sheet)):
            people = sheets.slips(sheet, stores)
            query.close()
            yield from ((person, pins.sheet_code(sheet.salt, person["id"], pin_key)) for person in people)

    return activation_slips.pdf(slips(), public_url, ACTIVATION_DAYS)


def _code(sheet: ActivationSheet, employee_id: int, pin_key: str) -> dict:
    code = pins.sheet_code(sheet.salt, employee_id, pin_key)
    return {"id": employee_id, "code_hmac": pins.code_hmac(code, pin_key)}
