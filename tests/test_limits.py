"""How much one person may send: counted in the database, refused with a time to retry, no typed text lost."""

import dataclasses
import re
from io import BytesIO
from uuid import uuid4

import pytest

from bench.databases import opened
from settings import Limits
from sih.background.worker import Worker
from sih.dao.audits import signed
from sih.dao.drafts import Drafts
from sih.dao.employees import Employees
from sih.dao.jobs import Jobs
from sih.dao.query import Pool, Query
from sih.domain import clock
from sih.domain.errors import TooManyFiles
from tests import form_data
from tests.company import PIN
from tests.concurrency import all_at_once
from tests.facts import alert, amount, value
from tests.import_files import csv
from tests.people import Person
from tests.test_drafts import lose_session, send, send_again

FEW = Limits(reports=3, handler_reports=5, comments=3, files=2, drafts=2)


@pytest.fixture
def limited(app, settings, monkeypatch):
    """Limits that are soon reached."""
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(settings, limits=FEW))


def is_limited(person) -> bool:
    """Whether the last answer says when it goes on."""
    response = person.response
    return response.status_code == 429 and 1 <= int(response.headers["Retry-After"]) <= 600


@pytest.mark.parametrize(("name", "most"), [("rini", 3), ("hadi", 5)])
def test_reports_are_limited_within_ten_minutes(person, query, limited, moved_clock, name, most):
    somebody = person(name)
    moved_clock()
    for _ in range(most):
        somebody.post("/problems", **form_data.report(query, anyway="1"))
    moved_clock(minutes=4)
    form = form_data.report(query, title="Yang keempat")
    page = somebody.post("/problems", 429, **form, anyway="1")
    assert is_limited(somebody) and amount(query, "problem") == most
    assert (
        alert(page) == f"Batas {most} kiriman dalam 10 menit sudah tercapai. Anda dapat mengirim lagi dalam 360 detik."
    )
    assert {field: value(page, field) for field in form} == form
    person("koko").post("/problems", **form_data.report(query, anyway="1"))
    moved_clock(seconds=361)
    send_again(somebody, page)
    assert somebody.response.status_code == 303 and amount(query, "problem") == most + 2


def test_no_ten_minutes_hold_more_than_the_limit(person, query, limited, moved_clock):
    """Not even those that begin in the middle of others: it is no fixed window."""
    rini = person("rini")
    for minutes, status in ((0, 303), (9, 303), (0, 303), (2, 303), (0, 429), (6, 429), (3, 303)):
        moved_clock(minutes=minutes)
        rini.post("/problems", status, **form_data.report(query, anyway="1"))


def test_comments_are_limited_within_ten_minutes(person, problem, query, limited, moved_clock):
    number, rini = problem(), person("rini")
    moved_clock()
    for text in "abc":
        rini.act(number, "comments", remark=text, token=str(uuid4()))
    page = rini.act(number, "comments", 429, remark="Masih mati.", token=str(uuid4()))
    assert is_limited(rini) and "600 detik" in alert(page) and value(page, "remark") == "Masih mati."
    moved_clock(seconds=601)
    send_again(rini, page)
    assert rini.response.status_code == 303 and amount(query, "event") == 5


def test_a_resubmission_is_counted_once_and_never_refused(person, problem, query, limited):
    number, rini = problem(by="koko"), person("rini")
    report, comment = form_data.report(query, anyway="1"), {"remark": "Mati.", "token": str(uuid4())}
    for _ in range(8):
        rini.post("/problems", **report)
        rini.act(number, "comments", **comment)
    for _ in range(2):
        rini.post("/problems", **form_data.report(query, anyway="1"))
        rini.act(number, "comments", remark="Lagi.", token=str(uuid4()))
    rini.post("/problems", 429, **form_data.report(query, anyway="1"))
    rini.post("/problems", **report)
    rini.act(number, "comments", **comment)


def test_zero_switches_a_limit_off(person, query, app, settings, monkeypatch):
    off = Limits(*[0] * len(dataclasses.fields(Limits)))
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(settings, limits=off))
    for _ in range(25):
        person("rini").post("/problems", **form_data.report(query, anyway="1"))
    for _ in range(5):
        person("susi").post("/problem-exports", format="csv", filters="")


@pytest.fixture
def pool(database):
    """A connection for each of twenty."""
    pool = Pool(size=24, wait=60, **database)
    yield pool
    pool.close()


def test_twenty_concurrent_reports_do_not_exceed_the_limit(person, problem, query, limited, app, employees):
    number, rini = problem(), person("rini")
    forms = [{**rini.tokens, **form_data.report(query, anyway="1")} for _ in range(20)]
    clients = [Person(app, employees["rini"]) for _ in range(20)]
    sent = [
        lambda c=c, f=f: c.client.post("/problems", data={**f, **c.tokens}) for c, f in zip(clients, forms, strict=True)
    ]
    [client.tokens for client in clients]
    assert sorted(r.status_code for r in all_at_once(sent)) == [303] * 2 + [429] * 18  # one was reported before
    remarks = [
        lambda c=c: c.client.post(
            f"/problems/{number}/comments", data={**c.tokens, "remark": "x", "token": str(uuid4())}
        )
        for c in clients
    ]
    assert sorted(r.status_code for r in all_at_once(remarks)) == [303] * 3 + [429] * 17


def test_the_number_of_waiting_exports_is_limited(person, query, limited, pool):
    susi = person("susi")
    for _ in range(2):
        susi.post("/problem-exports", format="csv", filters="")
    page = susi.post("/problem-exports", 429, format="csv", filters="")
    assert is_limited(susi) and alert(page).startswith("Masih ada 2 unduhan atau impor Anda yang belum selesai.")
    assert amount(query, "problem_export") == amount(query, "job") == 2
    assert Worker(pool).step()
    susi.post("/problem-exports", format="csv", filters="")


def test_the_number_of_waiting_imports_is_limited(person, query, limited):
    adi = person("adi")
    for status in (303, 303, 429):
        file = {"file": (BytesIO(csv("Kode", "T9")), "toko.csv"), "noun": "store"}
        response = adi.client.post("/imports", data={**adi.tokens, **file})
        assert response.status_code == status
    assert "Masih ada 2 unduhan atau impor Anda" in response.text and amount(query, "import") == 2


def test_the_number_of_waiting_activation_sheets_is_limited(person, query, limited):
    adi = person("adi")
    for _ in range(2):
        adi.post("/activation-sheets", scope="all")
    page = adi.post("/activation-sheets", 429, scope="all")
    assert is_limited(adi) and alert(page).startswith("Masih ada 2 unduhan atau impor Anda")
    assert amount(query, "activation_sheet") == amount(query, "job") == 2


def test_twenty_concurrent_files_do_not_exceed_the_limit(query, pool, employees):
    def add() -> bool:
        with opened(pool) as own:
            try:
                return bool(Jobs(own).add("test", {}, clock.now(), employees["susi"].id, 3))
            except TooManyFiles:
                return False

    assert sum(all_at_once([add] * 20)) == 3 == amount(query, "job")


def test_twenty_concurrent_drafts_do_not_exceed_the_limit(query, pool, employees):
    def keep() -> bool:
        with opened(pool) as own:
            return bool(Drafts(own).keep(employees["rini"].id, "/problems", {"title": ["x"]}, clock.now(), 5))

    assert sum(all_at_once([keep] * 20)) == 5 == amount(query, "draft")


def test_drafts_are_bounded_in_size(query, employees):
    drafts, rini = Drafts(query), employees["rini"].id
    kept = [drafts.keep(rini, "/problems", {"title": ["x" * 400_000]}, clock.now(), 20) for _ in range(4)]
    assert [bool(one) for one in kept] == [True, True, False, False]


def test_more_drafts_are_shown_instead_of_kept(person, query, limited):
    rini, form = person("rini"), form_data.report(query)
    stale = {**rini.tokens, "csrf_token": "x"}
    for _ in range(2):
        send(rini, "/problems", stale, **form)
    page = rini.post("/problems", 400, **{**form, "csrf_token": "x"})
    assert amount(query, "draft") == 2 and "tekan tombolnya sekali lagi" in alert(page)
    send_again(rini, page)
    assert rini.response.status_code == 303 and amount(query, "problem") == 1


def signs_in_elsewhere(somebody, nik: str) -> None:
    """In another tab, whose session the whole browser then has."""
    somebody.post("/login", nik=nik, pin=PIN)


@pytest.mark.parametrize("has_session", [True, False])
def test_with_an_old_author_token_nothing_is_kept_and_all_is_shown(person, query, moved_clock, has_session):
    rini, form = person("rini"), form_data.report(query, description="Lampu </textarea> merah.")
    moved_clock()
    old = rini.tokens
    moved_clock(days=1, seconds=1)
    lose_session(rini)
    fields = {
        **form,
        **old,
        **({"csrf_token": rini.tokens["csrf_token"]} if has_session else {}),
        "author": old["author"],
    }
    response = rini.client.post("/problems", data=fields)
    page = rini._page(response, 400)
    assert amount(query, "draft") == amount(query, "problem") == 0 and "Masuk di tab lain" in alert(page)
    assert form["description"] in page.select_one("main dl").text
    signs_in_elsewhere(rini, "10000001")
    page = _press(rini, page, 400)
    assert "Silakan tekan tombolnya sekali lagi." in alert(page) and amount(query, "problem") == 0
    _press(rini, page, 303)
    [made] = query.select("SELECT title, description FROM problem")
    assert made == {"title": form["title"], "description": form["description"]}


def _press(somebody, page, status: int):
    """The button of the answer, with the fields that it carries and no others."""
    form = page.select_one("main form")
    fields = {field["name"]: field.get("value", field.text.removeprefix("\n")) for field in form.select("[name]")}
    return somebody._page(somebody.client.post(form["action"], data=fields), status)


def test_another_nik_cannot_send_it(person, query, moved_clock):
    rini, form = person("rini"), form_data.report(query)
    moved_clock()
    old = rini.tokens
    moved_clock(days=2)
    lose_session(rini)
    page = rini._page(rini.client.post("/problems", data={**form, **old}), 400)
    signs_in_elsewhere(rini, "10000002")
    page = _press(rini, page, 400)
    assert "Formulir ini dibuat untuk akun lain." in page.text and amount(query, "problem") == 0


def test_of_a_frozen_person_nothing_is_kept_and_all_is_shown(person, query, employees):
    rini, form = person("rini"), form_data.report(query)
    stale = rini.tokens
    with signed(query, clock.now(), employees["adi"].id):
        assert Employees(query).freeze("10000001")
    for has_cookie in (True, False):
        page = rini._page(rini.client.post("/problems", data={**stale, **form}), 400)
        assert form["description"] in page.select_one("main dl").text and amount(query, "draft") == 0, has_cookie
        lose_session(rini)


@pytest.mark.parametrize("path", ["/problems", "/problems/{}/comments"])
def test_a_limit_costs_no_statement(person, problem, query, monkeypatch, path):
    run, statements, number, rini = Query._run, [], problem(), person("rini")
    assert rini.tokens
    monkeypatch.setattr(
        Query, "_run", lambda self, cursor, sql, params: (statements.append(sql), run(self, cursor, sql, params))
    )
    rini.post(path.format(number), **form_data.report(query, remark="Mati."))
    assert len([sql for sql in statements if re.search("INSERT INTO event", sql)]) == 1
    assert len([sql for sql in statements if "limiting_event_at" in sql]) == 1
