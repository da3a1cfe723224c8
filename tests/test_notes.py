"""Catatan internal: written by handlers, read by handlers and supervisors. For everybody else there is none: in no
page, count, search, file, notice, number or order."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from sih.background.worker import Worker
from sih.dao.audits import signed
from sih.dao.events import Events
from sih.dao.notices import Notices
from sih.dao.problems import Problems
from sih.dao.query import Pool, Query
from sih.domain import clock, policy
from tests import company
from tests.conftest import bring
from tests.facts import alert, events, state, value
from tests.people import Person
from tests.problem_pages import numbers
from tests.routes import routes
from tests.test_limits import limited  # noqa: F401 - a fixture
from tests.test_notices import BY_ITSELF, header, heard
from tests.test_search import search, way  # noqa: F401 - a fixture

WORD = "kencana"  # says no page but for the note
READERS = ("hadi", "hana", "iwan", "gita", "pandu", "putri", "susi")
OTHERS = ("rini", "koko", "sari", "adi")


def note(somebody, number: int, status: int = 303, words: str = f"Teknisi {WORD} tidak datang.", **fields):
    fields = {"remark": words, "internal": "y", "token": str(uuid4())} | fields
    return somebody.post(f"/problems/{number}/comments", status, **fields)


def notes(query, number: int) -> list[str]:
    return [event["note"] for event in events(query, number, "noted")]


# ---------------------------------------------------------------- who writes and reads
@pytest.mark.parametrize("name", ["hadi", "iwan", "gita", "pandu"])
def test_every_handler_notes(person, problem, query, name):
    number = problem("in_progress")
    seen, before = person("rini").seen(number), state(query, number)
    note(person(name), number)
    assert (person("rini").seen(number), state(query, number)) == (seen, before)
    [event] = events(query, number, "noted")
    assert event["actor"] == name.capitalize() and WORD in event["note"]


@pytest.mark.parametrize(("name", "status"), [("rini", 403), ("koko", 403), ("susi", 403), ("adi", 403), ("sari", 404)])
def test_nobody_else_notes_and_nothing_becomes_a_comment(person, problem, query, name, status):
    number = problem("in_progress")
    note(person(name), number, status)
    assert notes(query, number) == [] and events(query, number, "commented") == []
    assert person("koko").get(f"/problems/{number}").select_one("[name=internal]") is None
    assert person("hadi").get(f"/problems/{number}").select_one("[name=internal]")["type"] == "checkbox"


def test_a_supervisor_notes_on_no_own_report(person, problem, query):
    own = problem(by="susi")
    note(person("susi"), own, 403)
    assert notes(query, own) == []


@pytest.mark.parametrize("name", [*READERS, *OTHERS])
def test_who_reads(person, problem, employees, name):
    number = problem("at pandu")
    note(person("hana"), number)
    page = person(name).get(f"/problems/{number}", 404 if name == "sari" else 200)
    marked = [item.strong.text for item in page.select(".history .is-internal")]
    assert marked == (["Catatan internal"] if name in READERS else []) and (WORD in page.text) == (name in READERS)
    assert policy.reads_notes(employees[name]) == (name in READERS)


def test_a_handler_reads_notes_on_the_own_report(person, problem, query):
    number = problem(by="gita")
    note(person("hadi"), number)
    assert WORD in person("gita").get(f"/problems/{number}").text
    assert heard(query, number) == [("noted", "gita")]


def test_a_note_is_among_the_last_steps_of_a_form(person, problem):
    number = problem("in_progress")
    note(person("hana"), number)
    shown = person("hadi").get(f"/problems/{number}/closures/new").select(".latest .is-internal")
    assert [item.strong.text for item in shown] == ["Catatan internal"] and WORD in shown[0].text


# ---------------------------------------------------------------- once, and not by mistake
def test_a_double_submission_notes_once(person, problem, query):
    number, token = problem(), str(uuid4())
    for _ in range(2):
        note(person("hadi"), number, token=token)
    assert len(notes(query, number)) == 1


@pytest.mark.parametrize("first", ["y", None])
def test_the_same_text_as_a_comment_and_as_a_note_is_not_the_same(person, problem, query, first):
    number, hadi, fields = problem(), person("hadi"), {"remark": "Sudah dicek.", "token": str(uuid4())}
    for internal, status in ((first, 303), (None if first else "y", 409)):
        page = hadi.post(f"/problems/{number}/comments", status, **fields, **({"internal": "y"} if internal else {}))
    assert "sudah pernah dikirim dengan isi lain" in alert(page) and value(page, "remark") == "Sudah dicek."
    assert bool(page.select_one("[name=internal][checked]")) is not bool(first)
    assert len(notes(query, number)) + len(events(query, number, "commented")) == 1


def test_a_refused_note_stays_a_note(person, problem, query):
    page = note(person("hadi"), problem(), 422, words="x" * 5001)
    assert page.select_one("[name=internal][checked]") and value(page, "remark") == "x" * 5001
    page = note(person("hadi").speaks("en"), problem(), 422, words="")
    assert "Only handlers and supervisors read it." in page.text


def test_a_draft_of_a_note_is_no_comment_of_a_former_handler(person, problem, query, app, employees):
    number, hadi = problem(), person("hadi")
    fields = {**hadi.tokens, "csrf_token": "x", "remark": WORD, "internal": "y", "token": str(uuid4())}
    place = hadi.client.post(f"/problems/{number}/comments", data=fields).location
    assert hadi.get(place).select_one("[name=internal][checked]")
    become_reporter(query, "Hadi")
    Person(app, company.people(query)["hadi"]).get(place, 403)


def test_notes_count_as_comments_for_the_limit(person, problem, limited, moved_clock):  # noqa: F811
    number, hadi = problem(), person("hadi")
    moved_clock()
    for internal in ({"internal": "y"}, {}, {"internal": "y"}):
        hadi.post(f"/problems/{number}/comments", remark="Dicek.", token=str(uuid4()), **internal)
    for internal in ({"internal": "y"}, {}):
        hadi.post(f"/problems/{number}/comments", 429, remark="Lagi.", token=str(uuid4()), **internal)


# ---------------------------------------------------------------- search
def test_only_who_reads_notes_finds_their_words(person, problem, way):  # noqa: F811
    number = problem("in_progress")
    note(person("hadi"), number)
    for words in (WORD, f"printer {WORD}", "kencan", "teknisi datang"):
        for name in (*READERS, *OTHERS):
            assert numbers(search(person(name), words)) == ([number] if name in READERS else []), (name, words)


def test_a_document_made_anew_has_the_same_words(person, problem, query):
    number = problem("closed")
    note(person("hadi"), number)
    same = "SELECT s.words = search_document(s.problem_id) AS same FROM problem_search s WHERE s.problem_id = %(id)s"
    assert query.one(same, {"id": number})["same"]


@pytest.mark.parametrize(("sign", "is_found"), [(";", True), (":", False)])
def test_notes_take_no_room_from_what_everybody_reads(person, problem, query, sign, is_found):
    """A document takes half a megabyte of what everybody reads."""
    number = problem()
    query.execute("""
        UPDATE problem_search s SET words = s.words || (
            SELECT array_to_tsvector(array_agg('202601' || %(sign)s || 'kata' || n))
            FROM generate_series(1, 30000) AS n)
        """, {"sign": sign})  # fmt: skip
    person("rini").post(f"/problems/{number}/comments", remark="Kabelnya kendur.", token=str(uuid4()))
    assert numbers(search(person("rini"), "kendur")) == ([number] if is_found else [])
    note(person("hadi"), number)
    assert numbers(search(person("hadi"), WORD)) == []


# ---------------------------------------------------------------- notices
def test_a_note_tells_readers_alone(person, problem, query):
    number = problem("at pandu")
    for name in ("koko", "susi", "iwan"):
        person(name).post(f"/problems/{number}/follows")
    before = heard(query, number)
    note(person("hadi"), number, words="Tolong @putri dan @rini.")
    assert sorted(heard(query, number)[len(before) :]) == [
        ("noted", name) for name in ("iwan", "pandu", "putri", "susi")
    ]
    assert "Catatan internal" in person("putri").get("/notices").main.text
    assert WORD not in person("putri").get("/notices").text


def become_reporter(query, name: str) -> None:
    with signed(query, clock.now(), None, "test"):
        query.execute("""UPDATE employee SET role = 'reporter', division_id = NULL, department_id = NULL
                         WHERE name = %(name)s""", {"name": name})  # fmt: skip


def test_sight_is_checked_again(person, problem, query, app):
    """Pandu hears of a note at his own store, then is no handler any more."""
    number = problem("at pandu")
    note(person("hadi"), number)
    assert "Catatan internal" in person("pandu").get("/notices").main.text
    unread = int(header(person("pandu").get("/profile"))[0])
    become_reporter(query, "Pandu")
    pandu = company.people(query)["pandu"]
    page = Person(app, pandu).get("/notices")
    assert "Catatan internal" not in page.text and header(page)[0] == str(unread - 1)
    assert Notices(query).read(pandu, 0, clock.now()) == unread - 1
    assert WORD not in Person(app, pandu).get(f"/problems/{number}").text


# ---------------------------------------------------------------- as if there were none
PAGES = [
    "/problems?q=kencana", "/problems?q=teknisi", "/problems?order=oldest", "/problems?mine=1", "/problems?waiting=1",
    "/problems?status=closed", "/problems/{}?lang=1", "/problems/{}/mentions?q=", "/problems/{}/mentions?q=ha",
    "/notices?after=99999999",
]  # fmt: skip
# What differs from page to page anyway: tokens, nonces, numbers of sessions and requests.
RANDOM = re.compile(
    r'(?<=name="csrf_token" value=")[^"]*|(?<=name="author" value=")[^"]*|(?<=nonce=")[^"]*|(?<=<code>)[^<]*'
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)


def story(app, pool, has_note: bool) -> dict[tuple, tuple]:
    """What everybody who may not read notes gets of a problem with a life, with and without two notes in it. Numbers of
    events come from one sequence of the whole company, which other problems move on, too."""
    app.extensions["pool"] = pool
    query = Query(pool)
    people = company.people(query)
    visitors = {name: Person(app, people[name] if name else None) for name in (*OTHERS, None, "hadi", "susi")}
    kind = {"asset_kind_id": query.one("SELECT min(id) AS id FROM asset_kind")["id"], "asset_id": None}
    words = {"title": "Printer macet", "description": "Kertas tersangkut.", **kind}
    number = Problems(query).report(people["rini"], clock.now(), uuid4(), words)
    for name in ("koko", "susi", "adi"):
        visitors[name].post(f"/problems/{number}/follows")

    def noted(name: str, words: str) -> None:
        named = [people[one].id for one in ("pandu", "susi")]
        if has_note:
            assert Events(query).comment(number, people[name], clock.now(), uuid4(), words, 0, "noted", named)
        else:
            query.select("SELECT nextval(pg_get_serial_sequence('event', 'id'))")

    noted("putri", f"{WORD}, kata Putri.")
    for verb in ("open", "to pandu", "accept"):
        bring(query, people, number, verb)
    asked = urlencode({"since": int(clock.now().timestamp() * 1000) - 10_000, "rows": number})
    noted("iwan", f"Teknisi {WORD} tidak datang.")
    found = {("rini", "cursor"): visitors["rini"].client.get(f"/changes?{asked}", headers=BY_ITSELF).data}
    Events(query).comment(number, people["koko"], clock.now(), uuid4(), "Masih mati.")
    bring(query, people, number, "close")
    paths = {route.path(number) for route in routes(app, "GET")} | {path.format(number) for path in PAGES}
    for name in (*OTHERS, None):
        for path in sorted(paths | {f"/changes?{asked}"}):
            answer = visitors[name].client.get(path)
            # The PDF of labels has the time of the machine and an id of its own, and nothing of problems.
            content = "" if answer.mimetype == "application/pdf" else RANDOM.sub("-", answer.text)
            found[name, path] = (answer.status_code, answer.mimetype, content)
    assert (WORD in visitors["susi"].get(f"/problems/{number}").text) == has_note
    assert numbers(search(visitors["hadi"], WORD)) == [number] * has_note
    query.close()
    return found


def test_every_page_is_the_same_with_and_without_a_note(bare_app, copies, moved_clock):
    """In two databases that are equal but for two notes: byte for byte, for everybody who may not read them."""
    moved_clock(datetime(2026, 3, 10, 3, tzinfo=UTC))
    told = []
    for has_note in (False, True):
        with copies.fresh() as address:
            pool = Pool(wait=20, **address)
            told.append(story(bare_app, pool, has_note))
            pool.close()
    without, having = told
    assert without.keys() == having.keys() and len(having) > 300
    for name, path in having:
        assert having[name, path] == without[name, path], (name, path)
        # The word that was asked for stands on the page of the search itself.
        assert WORD not in str(having[name, path]) or f"q={WORD}" in path, (name, path)


def test_an_export_of_problems_has_no_notes(person, problem, query, pool):
    """Not even that of a supervisor: it goes from hand to hand."""
    number, susi = problem("closed"), person("susi")
    note(person("hadi"), number)
    susi.post("/problem-exports", format="csv", filters=f"q={WORD}")
    place = susi.response.location
    Worker(pool).step()
    content = susi.client.get(susi.get(place).find("a", string="Unduh berkas")["href"]).text
    assert "Printer macet" in content and WORD not in content
