"""Peristiwa keamanan: recorded by kind and person, append-only, shown to admins with filters."""

from contextlib import suppress
from datetime import timedelta

import psycopg2
import pytest

from bench.databases import opened
from sih.background.worker import Worker
from sih.dao.audits import signed
from sih.dao.employees import Employees
from sih.dao.query import Pool
from sih.dao.security_events import SecurityEvents
from sih.domain import clock
from sih.domain.errors import RuleViolated
from sih.domain.records import COMMAND_LINE, Origin
from tests.company import PIN
from tests.import_files import bring, csv
from tests.log_records import captured_log
from tests.people import Person

CHROME = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
KEPT = "SELECT kind::text AS kind, nik, address, browser, detail, amount, actor_id FROM {} ORDER BY at, id"


@pytest.fixture
def adi(person):
    return person("adi")


@pytest.fixture
def events(query):
    """What was noted since: events(), and what is counted still: events("security_tally")."""
    first = query.one("SELECT coalesce(max(id), 0) AS id FROM security_event")["id"]

    def events(table: str = "security_event") -> list[dict]:
        return query.select(KEPT.format(table).replace("ORDER", f"WHERE id > {first} ORDER"))

    return events


def kinds(rows) -> list[str]:
    return [row["kind"] for row in rows]


def sends(app, path: str, **fields) -> int:
    nobody = Person(app)
    return nobody.client.post(path, data={**nobody.tokens, **fields}, headers={"User-Agent": CHROME}).status_code


def test_sign_ins_are_recorded_with_person_and_origin(app, events):
    assert sends(app, "/login", nik="10000001", pin=PIN) == 303
    assert sends(app, "/login", nik="10000001", pin="111111") == 401
    assert sends(app, "/login", nik="135790", pin=PIN) == 404
    [signed_in] = events()
    assert (signed_in["kind"], signed_in["nik"]) == ("signed_in", "10000001")
    assert (signed_in["address"], signed_in["browser"]) == ("127.0.0.1", "Chrome/Android")
    wrong, unknown = events("security_tally")
    assert (wrong["nik"], wrong["detail"], wrong["browser"]) == ("10000001", "pin", "Chrome/Android")
    assert (unknown["nik"], unknown["kind"]) == ("1357", "failed")  # somebody typed a PIN


def test_failed_and_throttled_attempts_are_aggregated_by_key_and_minute(app, events, query, moved_clock, pool):
    at = moved_clock(clock.now().replace(second=1, microsecond=0))
    for _ in range(9):
        sends(app, "/login", nik="10000001", pin="111111")
    assert [(row["kind"], row["amount"]) for row in events("security_tally")] == [("failed", 5), ("throttled", 4)]
    moved_clock(minutes=1)
    sends(app, "/login", nik="10000001", pin="111111")
    assert [row["amount"] for row in events("security_tally")] == [5, 4, 1] and events() == []
    moved_clock(at, minutes=2, seconds=30)
    Worker(pool).settle()
    Worker(pool).settle()
    assert [(row["kind"], row["amount"]) for row in events()] == [("failed", 5), ("throttled", 4)]
    moved_clock(at, minutes=5)
    Worker(pool).settle()
    assert events("security_tally") == [] and sum(row["amount"] for row in events()) == 10


def test_pins_codes_freezes_session_ends_and_downloads_are_recorded(app, adi, person, employees, events, query):
    rini = employees["rini"]
    person("rini").post("/pin", pin=PIN, new_pin="508213", repeated_pin="508213")
    person("rini").post("/logout")
    page = adi.post(f"/employees/{rini.id}/activation-codes", 200)
    code = page.select_one("[data-code]").text
    fields = {"nik": rini.nik, "code": code, "new_pin": "640285", "repeated_pin": "640285"}
    assert sends(app, "/activations", **fields) == 303
    adi.post(f"/employees/{rini.id}/freezes", reason="Keluar.")
    adi.post(f"/employees/{rini.id}/unfreezes", reason="Kembali.")
    adi.get("/exports?noun=store&format=csv")
    adi.get("/stores/1/labels")
    found = events()
    of_rini = kinds([row for row in found if row["nik"] == rini.nik])
    assert of_rini[1:] == [  # the first is the sign-in of this test
        "pin_changed", "session_ended", "code_issued", "code_used", "signed_in", "frozen", "unfrozen",
    ]  # fmt: skip
    by_adi = [row for row in found if row["actor_id"] == adi.employee.id]
    assert kinds(by_adi) == ["code_issued", "frozen", "unfrozen", "list_downloaded", "list_downloaded"]
    assert [row["detail"] for row in by_adi[3:]] == ["stores.csv", "label T001"]
    assert all(row["address"] == "127.0.0.1" for row in found)


@pytest.mark.parametrize("path", ["/problem-exports/1?file=1", "/recap-files?period=2020&format=csv"])
def test_downloads_of_problems_and_recaps_are_recorded(person, events, pool, path):
    susi = person("susi")
    susi.post("/problem-exports", filters="", format="csv")
    Worker(pool).step()
    susi.get(path)
    assert kinds(events())[-1] == "list_downloaded"


def test_freezes_by_import_and_command_line_are_recorded(adi, app, query, events):
    bring(adi, query, "employee", csv("NIK;Nama;Toko;Aktif", "10000001;Rini;T001;Tidak"))
    app.test_cli_runner().invoke(args=["freeze", "10000002"])
    app.test_cli_runner().invoke(args=["unfreeze", "10000002"])
    rows = [(row["kind"], row["nik"], row["actor_id"]) for row in events()]
    assert ("frozen", "10000001", adi.employee.id) in rows
    assert ("frozen", "10000002", None) in rows and ("unfrozen", "10000002", None) in rows


def test_refused_requests_are_aggregated_by_person_and_minute(person, events, moved_clock):
    moved_clock()
    rini, sari = person("rini"), person("sari")
    for _ in range(5):
        rini.get("/audits", 403)
    rini.post("/problem-exports", 403)
    sari.get("/audits", 403)
    rows = [row for row in events("security_tally") if row["kind"] == "refused"]
    assert [(row["nik"], row["amount"], row["detail"]) for row in rows] == [
        ("10000001", 6, "GET /audits"), ("10000003", 1, "GET /audits"),
    ]  # fmt: skip


def test_every_security_event_is_logged_by_name(app, caplog):
    caplog.set_level("INFO")
    sends(app, "/login", nik="10000001", pin=PIN)
    sends(app, "/login", nik="246810", pin="246810")
    lines = [record for record in caplog.records if record.getMessage().startswith("security: ")]
    assert [line.facts["event"] for line in lines] == ["signed_in", "failed"]
    assert lines[0].facts["nik"] == "10000001" and lines[1].facts["nik"] == "2468"
    assert "246810" not in caplog.text


def logged_events(log) -> list[tuple]:
    lines = [line for line in log.lines if line["message"].startswith("security: ")]
    return [(line["event"], line["nik"], line["actor_id"], line["address"], line["detail"]) for line in lines]


def test_every_way_of_freezing_is_logged(adi, app, query):
    me = adi.employee.id
    with captured_log() as log:
        adi.post("/employees/1/freezes", reason="Keluar.")
        bring(adi, query, "employee", csv("NIK;Nama;Toko;Aktif", "10000001;Rini;T001;Ya", "10000002;Koko;T001;Tidak"))
        app.test_cli_runner().invoke(args=["unfreeze", "10000002"])
    number = query.one("SELECT max(id) AS id FROM import")["id"]
    first, *imported, last = [line for line in logged_events(log) if line[0] in ("frozen", "unfrozen")]
    assert first == ("frozen", "10000001", me, "127.0.0.1", "page")
    assert sorted(imported) == [
        ("frozen", "10000002", me, "", f"import {number}"),
        ("unfrozen", "10000001", me, "", f"import {number}"),
    ]
    assert last == ("unfrozen", "10000002", None, "", "command")


def test_every_way_of_making_a_code_is_logged(adi, app, pool, settings, query):
    me = adi.employee.id
    query.execute(
        "INSERT INTO employee (nik, name, store_id) SELECT '6000000' || n, 'Baru', 2 FROM generate_series(1, 3) n"
    )
    with captured_log() as log:
        adi.post("/employees/1/activation-codes", 200)
        adi.post("/activation-sheets", scope="all")
        while Worker(pool, settings).step():
            pass
        app.test_cli_runner().invoke(args=["reset-pin", "10000002"])
    found = [line for line in logged_events(log) if line[0] == "code_issued"]
    sheet = query.one("SELECT id FROM activation_sheet")["id"]
    assert found[0] == ("code_issued", "10000001", me, "127.0.0.1", "page")
    assert sorted(found[1:-1]) == [("code_issued", f"6000000{n}", me, "", f"sheet {sheet}") for n in (1, 2, 3)]
    assert found[-1] == ("code_issued", "10000002", None, "", "command")


def test_a_rolled_back_security_event_is_not_logged(query, employees):
    with captured_log() as log, suppress(RuleViolated), signed(query, clock.now(), employees["adi"].id):
        Employees(query).freeze("10000001")
        Employees(query).freeze(employees["adi"].nik)
    assert logged_events(log) == [] and employees["adi"].nik == "40000001"


def test_an_unknown_nik_is_stored_only_abbreviated(app, query):
    for path, more in (("/login", {}), ("/searchUserAccount", {}), ("/activations", {"code": "AAAAA-AAAAA"})):
        sends(app, path, nik="739154", pin=PIN, new_pin=PIN, repeated_pin=PIN, **more)
    for table in ("throttle", "security_tally", "security_event"):
        assert query.one(f"SELECT count(*) AS n FROM {table} t WHERE t::text LIKE '%%739154%%'")["n"] == 0, table
    assert query.one("SELECT count(*) AS n FROM security_tally WHERE nik = '7391'")["n"] > 0


PLANTED = """
INSERT INTO security_event (kind, at, nik, address, browser, detail, amount)
VALUES ('session_ended', '2100-01-01', '', '', '', '', 1)
"""


def test_a_planted_row_does_not_allow_deleting_other_events(app, query):
    sends(app, "/login", nik="10000001", pin=PIN)
    query.execute(PLANTED)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="90 days"):
        query.execute("DELETE FROM security_event WHERE at < '2099-01-01'")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE security_tally SET nik = 'zzzz', amount = amount + 1",
        "UPDATE security_tally SET amount = amount - 1",
        "TRUNCATE security_tally",
    ],
)
def test_aggregated_attempts_can_only_be_counted_up(app, query, statement):
    sends(app, "/login", nik="10000001", pin="111111")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query.execute(statement)


def test_deleting_an_aggregate_writes_a_security_event(app, query, events):
    sends(app, "/login", nik="10000001", pin="111111")
    query.execute("DELETE FROM security_tally")
    assert [(row["kind"], row["nik"]) for row in events()] == [("failed", "10000001")]


@pytest.mark.parametrize("statement", ["UPDATE security_event SET detail = 'x'", "TRUNCATE security_event"])
def test_security_events_are_append_only(admin, database, query, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query.execute(statement)
    refused = pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only")
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as mighty, refused:
        mighty.execute(statement)


def test_only_events_older_than_90_days_can_be_deleted(admin, database, query, moved_clock):
    now, events = clock.now(), SecurityEvents(query)
    for days in (401, 90.5, 89, 0):
        events.add("signed_in", now - timedelta(days=days), COMMAND_LINE, nik="10000001")
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as mighty:
        for statement in ("DELETE FROM security_event", "DELETE FROM security_event WHERE at < %(at)s"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="90 days"):
                mighty.execute(statement, {"at": now - timedelta(days=88)})
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="90 days"):
        events.sweep(now + timedelta(days=1000), 400)  # a clock that is wrong takes nothing
    events.sweep(now, 399)
    assert query.one("SELECT count(*) AS n FROM security_event")["n"] == 3
    events.sweep(now, 90)
    assert query.one("SELECT count(*) AS n FROM security_event")["n"] == 3
    query.execute("DELETE FROM security_event WHERE at < %(at)s", {"at": now - timedelta(days=90, minutes=1)})
    assert query.one("SELECT count(*) AS n FROM security_event")["n"] == 2


def test_the_page_shows_the_newest_events_first_and_filters_them(app, adi, events):
    sends(app, "/login", nik="10000001", pin=PIN)
    sends(app, "/login", nik="10000001", pin="111111")
    sends(app, "/login", nik="13579000", pin="1")

    def lines(query_string: str = "") -> list[str]:
        return [" ".join(row.text.split()) for row in adi.get(f"/security-events{query_string}").select("tbody tr")]

    assert "1357… tidak terdaftar" in lines()[0] and "PIN salah" in lines()[1] and "Rini" in lines()[1]
    assert len(lines("?kind=failed")) == 2 and len(lines("?nik=10000001")) == 2
    assert len(lines("?kind=signed_in&nik=10000001&address=127.0.0.1")) == 1 and lines("?address=10.0.0.1") == []
    today = clock.today().isoformat()
    assert len(lines(f"?since={today}&until={today}")) >= 3 and lines("?until=2020-01-01") == []
    message = adi.get("/security-events?kind=x&nik=%00&since=x&after=x").select_one("main [role=status]").text
    assert all(label in message for label in ("Peristiwa", "NIK", "Dari tanggal", "Halaman"))


def test_pagination_includes_the_current_aggregates(adi, query):
    notes, now = SecurityEvents(query), clock.now()
    for number in range(70):
        notes.add("refused", now - timedelta(minutes=number), Origin("10.0.0.9", ""))
        notes.count("refused", f"address:{number}", now - timedelta(minutes=number, seconds=9), Origin("10.0.0.9", ""))
    seen, path = 0, "/security-events?kind=refused&address=10.0.0.9"
    while path:
        page = adi.get(path)
        seen += len(page.select("tbody tr"))
        following = page.find("a", string="Berikutnya")
        path = following and following["href"]
    assert seen == 140


def test_details_are_shown_in_words(adi, pool, settings, query):
    query.execute("INSERT INTO employee (nik, name, store_id) VALUES ('60000001', 'Baru', 2)")
    adi.post("/activation-sheets", scope="all")
    place = adi.response.headers["Location"]
    while Worker(pool, settings).step():
        pass
    adi.post(f"{place}/downloads", 200)
    bring(adi, query, "employee", csv("NIK;Nama;Toko;Aktif", "10000001;Rini;T001;Tidak"))
    number, imported = place.rpartition("/")[2], query.one("SELECT max(id) AS id FROM import")["id"]
    details = [row.text for row in adi.get("/security-events").select("tbody small")]
    for words in (f"Lembar {number}: 1 orang", f"Lembar kode aktivasi {number}", f"Impor {imported}"):
        assert words in details, details


@pytest.mark.parametrize("filters", [
    {}, {"kind": "frozen"}, {"nik": "10000001"}, {"address": "10.0.0.7"}, {"kind": "frozen", "nik": "10000002"},
    {"kind": "frozen", "address": "10.0.0.1"},
])  # fmt: skip
def test_a_page_reads_few_blocks_of_a_large_table(query, filters):
    query.execute(
        """
INSERT INTO security_event (kind, at, nik, address, browser, detail, amount, employee_id)
SELECT CASE WHEN n % 5000 = 0 THEN 'frozen' ELSE 'signed_in' END::security_kind, '2026-01-01Z'::timestamptz
       + n * interval '1 minute', CASE WHEN n % 1000 = 0 THEN '10000001' ELSE '10000002' END,
       '10.0.0.' || CASE WHEN n % 1000 = 0 THEN 7 ELSE 1 END, '', '', 1, 1
FROM generate_series(1, 40000) AS n"""
    )
    query.execute("ANALYZE security_event")
    from sih.dao.security_events import PAGE  # noqa: PLC0415

    params = (
        dict.fromkeys(("kind", "nik", "address", "since", "until", "after_at", "after_id")) | {"limit": 51} | filters
    )
    [row] = query.select(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {PAGE}", params)
    plan = row["QUERY PLAN"][0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 400, plan
