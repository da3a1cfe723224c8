"""Whoever has anything open at the end of a period has a row, also without an event; omitted rows are counted."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from sih.dao.employees import Employees
from sih.dao.problems import Problems
from sih.dao.recap.closing import SETTLED, Closing
from sih.dao.recap.figures import PAGE_ROWS, Recaps
from sih.domain import clock
from sih.domain.periods import Period

SEPTEMBER, OCTOBER = Period(202609), Period(202610)
BEFORE = SEPTEMBER.starts_at + timedelta(days=9)
MANY = """
WITH made AS (
    INSERT INTO store (code, name, city, time_zone)
    SELECT 'S' || lpad(n::text, 3, '0'), 'Toko ' || n, 'Jakarta', 'Asia/Jakarta' FROM generate_series(1, %(amount)s) n
    RETURNING id
)
INSERT INTO employee (nik, name, role, store_id)
SELECT (70000000 + m.id)::text, 'Pelapor ' || m.id, 'reporter', m.id FROM made m
"""
REPORTERS = "SELECT e.id AS employee_id, e.session_version FROM employee e WHERE e.name LIKE 'Pelapor %%' ORDER BY e.id"


@pytest.fixture
def report(query, employees):
    kind = query.one("SELECT min(id) AS id FROM asset_kind")["id"]
    words = {"title": "x", "description": "x", "asset_kind_id": kind, "asset_id": None}
    return lambda at, by: Problems(query).report(by, at, uuid4(), words)


@pytest.fixture
def handed_to_pandu(query, employees, report):
    """A problem that is at Pandu, a PIC, since September."""
    number, hadi = report(BEFORE, employees["rini"]), employees["hadi"]
    category = query.one("SELECT min(id) AS id FROM category")["id"]
    identification = {"category_id": category, "priority": "low", "diagnosis": "x"}
    pandu = employees["pandu"]
    for verb, facts in (("open", [identification]), ("escalate", ["x", pandu.division_id, pandu.id])):
        seen = Problems(query).visible_to(hadi, number).last_event_id
        getattr(Problems(query), verb)(number, seen, hadi, BEFORE, *facts)
    return number


@pytest.mark.parametrize("state", ["running", "ended", "closed"])
def test_a_backlog_without_an_event_has_a_row(query, handed_to_pandu, person, monkeypatch, state):
    now = OCTOBER.ends_at + timedelta(days=-1 if state == "running" else 9)
    Closing(query).close_months(OCTOBER.ends_at + SETTLED if state == "closed" else SEPTEMBER.ends_at + SETTLED)
    monkeypatch.setattr(clock, "now", lambda: now)
    for dimension, name in (("pic", "Pandu"), ("store", "Kelapa Gading"), ("priority", "Rendah")):
        page = person("susi").get(f"/recaps?year=2026&month=10&dimension={dimension}")
        rows = [row for row in page.select("table.counted:not(.by-month) tbody tr") if name in row.th.text]
        assert [cell.get_text(strip=True) for cell in rows[0].select("td")[:6]] == ["0"] * 5 + ["1"], dimension
        assert person("susi").get(rows[0].select("td")[5].a["href"]).select_one("#total").text == "1"


@pytest.mark.parametrize("closes", [False, True])
def test_the_page_says_what_it_omits(query, employees, report, person, monkeypatch, closes):
    query.execute(MANY, {"amount": PAGE_ROWS + 8})
    for row in query.select(REPORTERS):
        reporter = Employees(query).active(row["employee_id"], row["session_version"])
        report(BEFORE, reporter), report(BEFORE, reporter)
    report(OCTOBER.starts_at + timedelta(days=1), employees["rini"])
    if closes:
        Closing(query).close_months(OCTOBER.ends_at + SETTLED)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, tzinfo=UTC))
    page = person("susi").get("/recaps?year=2026&month=10&dimension=store")
    rows = page.select("table.counted:not(.by-month) tbody tr")
    assert len(rows) == PAGE_ROWS and employees["rini"].store_code in rows[0].th.text
    assert "9 baris lain dengan 18 kendala" in " ".join(page.select_one("#omitted").text.split())
    assert person("susi").get("/recaps?year=2026&month=10&dimension=category").select("#omitted") == []


def test_an_event_recorded_into_a_closed_year_is_counted(query, employees, report):
    """The stored number of rows of a year is dropped then."""
    report(BEFORE, employees["rini"])
    Closing(query).close_months(Period(202612).ends_at + SETTLED)
    assert query.select("SELECT FROM recap_size z WHERE z.period = 2026")
    report(Period(202612).ends_at - timedelta(seconds=1), employees["sari"])
    for _ in range(2):
        row = Recaps(query).rows("store", Period(2026), limit=1)[0]
        assert (row["all_rows"], row["all_open"]) == (2, 1)
        Recaps(query).fold_all()
    assert query.select("SELECT FROM recap_size z WHERE z.period = 2026") == []
