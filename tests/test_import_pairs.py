"""A new NIK and an existing person of the same name and store: one person with a tick, a new one without."""

import pytest

from bench.databases import opened
from sih.background import imports
from sih.dao.audits import signed
from sih.dao.masters import Masters
from sih.dao.query import Pool
from sih.domain import clock
from sih.masters.nouns import EMPLOYEE
from tests.company import PIN
from tests.concurrency import all_at_once
from tests.facts import alert, amount
from tests.import_files import confirm, csv, dry_run, faults, found, write
from tests.people import Person

HEAD = "NIK;Nama;Toko;Peran;Divisi;Departemen"
PANDU = "99000005;PANDU;T001;Penanggung;IT > Aplikasi;IT > Aplikasi > Kasir"
RINI = "99000001;Rini;T001;Pelapor;;"
FILE = csv(HEAD, PANDU, RINI, "10000002;Koko;T001;Pelapor;;")
PAIRS = ["20000005:99000005", "10000001:99000001"]


@pytest.fixture
def adi(person):
    return person("adi")


def offered(page) -> dict[str, bool]:
    """Whether each pair has its tick."""
    return {box["value"]: box.has_attr("checked") for box in page.select("main [name=same]")}


def choose(adi, query, one, *same: str, status: int = 303):
    """Sends these ticks and makes the dry run again."""
    fields = {"fingerprint": one.fingerprint, "pairs_after": "", "same": list(same)}
    page = adi.post(f"/imports/{one.id}/pairs", status, **fields)
    imports.check(query, one.id, clock.now(), lambda *_: None)
    return page


def niks(query) -> dict[int, str]:
    return {row["id"]: row["nik"] for row in query.select("SELECT id, nik FROM employee")}


def test_pairs_are_listed_without_a_tick_and_stay_two_people(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    assert one.counts == {"rows": 3, "create": 2, "active": 11, "pairs": 2}
    page = adi.get(f"/imports/{one.id}")
    assert offered(page) == dict.fromkeys(PAIRS, False)
    labels = [" ".join(label.get_text().split()) for label in page.select("main fieldset label")]
    assert labels[0] == "Pandu, T001 Kelapa Gading: 20000005 → 99000005 (baris 2)"
    before = niks(query)
    confirm(adi, one, pairs_after="")
    write(query, one)
    assert amount(query, "employee") == 13 and niks(query).items() >= before.items()


def test_a_tick_changes_the_nik_and_nothing_else_of_the_person(app, adi, person, query, problem, employees):
    number, pandu, before = problem("at pandu"), person("pandu"), query.one(KEPT)
    assert pandu.get("/problems").h1
    one = dry_run(adi, query, "employee", FILE)
    choose(adi, query, one, PAIRS[0])
    one = found(query, one.id)
    assert one.counts == {"rows": 3, "create": 1, "change": 1, "active": 11, "pairs": 2}
    page = adi.get(f"/imports/{one.id}")
    assert offered(page) == {PAIRS[0]: True, PAIRS[1]: False}
    assert "NIK: 20000005 → 99000005" in " ".join(page.main.text.split())
    confirm(adi, one, pairs_after="", same=[PAIRS[0]])
    assert write(query, one).state == "written"
    after = query.one(KEPT)
    assert after == before | {"nik": "99000005", "name": "PANDU", "version": before["version"] + 1}
    assert pandu.get(f"/problems/{number}").h1  # still signed in, and still the one who holds it
    pandu.act(number, "closures", solution="Selesai.")
    [change] = query.select("SELECT changes, actor_id FROM audit WHERE kind = 'changed'")
    assert change == {
        "changes": {"nik": ["20000005", "99000005"], "name": ["Pandu", "PANDU"]}, "actor_id": employees["adi"].id
    }  # fmt: skip
    anew = Person(app, None)
    anew.post("/login", 303, nik="99000005", pin=PIN)
    adi.get("/employees?q=99000005")
    assert "PANDU" in adi.get("/employees?q=99000005").select_one("tbody").text
    assert not adi.get("/employees?q=20000005").select("tbody tr")


def test_the_former_nik_is_not_absent_from_a_complete_list(adi, query, employees):
    everybody = [f"{e.nik};{name.capitalize()};{e.store_code}" for name, e in employees.items() if name != "rini"]
    content = csv("NIK;Nama;Toko", *everybody, "99000001;Rini;T001")
    one = dry_run(adi, query, "employee", content, is_complete="y")
    assert one.counts["deactivate"] == 1
    choose(adi, query, one, PAIRS[1])
    one = found(query, one.id)
    assert one.counts == {"rows": 11, "change": 1, "active": 11, "pairs": 1}
    confirm(adi, one)
    write(query, one)
    assert query.one("SELECT nik, is_frozen FROM employee WHERE name = 'Rini'") == {
        "nik": "99000001", "is_frozen": False
    }  # fmt: skip


def test_a_tick_can_be_taken_back(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    before = one.fingerprint
    choose(adi, query, one, *PAIRS)
    one = found(query, one.id)
    assert one.counts.get("change") == 2 and one.fingerprint != before
    choose(adi, query, one)
    assert found(query, one.id).fingerprint == before and found(query, one.id).same_people == {}


def test_ticks_that_the_dry_run_does_not_show_are_not_written(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    confirm(adi, one, pairs_after="", same=[PAIRS[0]])
    assert found(query, one.id).state == "reading"
    imports.check(query, one.id, clock.now(), lambda *_: None)
    assert found(query, one.id).counts["change"] == 1 and amount(query, "employee") == 11


def test_the_same_ticks_twice_make_one_dry_run(adi, query, database):
    one = dry_run(adi, query, "employee", FILE)
    for _ in range(2):
        adi.post(f"/imports/{one.id}/pairs", 303, fingerprint=one.fingerprint, pairs_after="", same=PAIRS)
    assert amount(query, "job WHERE kind = 'check_import'") == 2  # of the upload, and of the ticks

    def check():
        with opened(Pool(**database)) as mine:
            imports.check(mine, one.id, clock.now(), lambda *_: None)

    all_at_once([check, check])
    assert found(query, one.id).counts["change"] == 2


def test_nobody_becomes_two_people_nor_two_people_one(adi, query):
    query.execute(ANOTHER_RINI)
    content = csv(HEAD, RINI, RINI.replace("99000001", "99000002"))
    one = dry_run(adi, query, "employee", content)
    assert one.counts["pairs"] == 4
    for same in (("10000001:99000001", "10000001:99000002"), ("10000001:99000001", "10000009:99000001")):
        page = choose(adi, query, one, *same, status=422)
        assert alert(page).startswith("NIK ") and "hanya dapat menjadi satu orang" in alert(page)
        assert offered(page) == {value: value in same for value in offered(page)}  # nothing ticked is lost
    choose(adi, query, one, "10000001:99000001", "10000009:99000002")
    assert found(query, one.id).counts["change"] == 2


@pytest.mark.parametrize(
    "row",
    [
        "99000001;Rini;T002;;;",  # another store
        "99000001;Rini L.;T001;;;",  # another name
        "99000001;Rini;T001;;;\n10000001;Rini;T001;;;",  # who is in the file by her NIK is somebody else
        "99000003;Gone;T001;;;",  # who is frozen is not there
    ],
)
def test_what_is_no_pair(adi, query, row):
    query.execute("INSERT INTO employee (nik, name, store_id, is_frozen) VALUES ('10000009', 'Gone', 1, true)")
    one = dry_run(adi, query, "employee", csv(HEAD, row))
    assert "pairs" not in one.counts and offered(adi.get(f"/imports/{one.id}")) == {}


@pytest.mark.parametrize("same", ["10000001:99000009", "10000002:99000001", "x", ":", "30000001:99000001"])
def test_what_was_not_offered_cannot_be_chosen(adi, query, same):
    one = dry_run(adi, query, "employee", FILE)
    choose(adi, query, one, same)
    assert found(query, one.id).same_people == {} and found(query, one.id).state == "shown"


@pytest.mark.parametrize("after", ["", "0-0", "x", "1-", "9999999999-1", "-1-2"])
def test_any_place_of_the_pairs_is_a_page(adi, query, after):
    one = dry_run(adi, query, "employee", FILE)
    assert len(offered(adi.get(f"/imports/{one.id}?pairs_after={after}"))) == 2
    adi.post(f"/imports/{one.id}/pairs", 303, fingerprint=one.fingerprint, pairs_after=after)


def test_ticks_of_another_page_stay(adi, query, monkeypatch):
    monkeypatch.setattr("sih.web.import_pages.PAGE_SIZE", 1)
    monkeypatch.setattr("sih.dao.import_pairs.ImportPairs.page.__defaults__", ((0, 0), 1))
    one = dry_run(adi, query, "employee", FILE)
    page = adi.get(f"/imports/{one.id}")
    assert list(offered(page)) == PAIRS[:1]
    choose(adi, query, one, PAIRS[0])
    one = found(query, one.id)
    after = next(link["href"] for link in page.select("main fieldset a")).partition("pairs_after=")[2]
    assert list(offered(adi.get(f"/imports/{one.id}?pairs_after={after}"))) == PAIRS[1:]
    adi.post(f"/imports/{one.id}/pairs", 303, fingerprint=one.fingerprint, pairs_after=after, same=[PAIRS[1]])
    assert set(found(query, one.id).same_people) == {"99000001", "99000005"}


def test_a_nik_that_was_taken_meanwhile_is_a_fault(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    choose(adi, query, one, PAIRS[1])
    one = found(query, one.id)
    with signed(query, clock.now(), None, "command"):
        facts = {"nik": "99000001", "name": "Lain", "role": "reporter", "store": "T002"}
        Masters(query, EMPLOYEE).create([EMPLOYEE.defaults | facts])
    confirm(adi, one)
    one = write(query, one)
    assert one.state == "shown" and faults(query, one)[3] == ["NIK ini sudah dipakai orang lain."]


def test_an_old_page_chooses_nothing(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    page = adi.post(f"/imports/{one.id}/pairs", 409, fingerprint="x", pairs_after="", same=PAIRS)
    assert "Hasilnya sudah lain" in alert(page) and found(query, one.id).state == "shown"


@pytest.mark.parametrize(("name", "status"), [("rini", 403), ("hadi", 403), ("susi", 403), (None, 303)])
def test_only_admins_choose_pairs(adi, person, query, name, status):
    one = dry_run(adi, query, "employee", FILE)
    person(name).post(f"/imports/{one.id}/pairs", status, fingerprint=one.fingerprint, pairs_after="", same=PAIRS)
    person("adi").get(f"/imports/{one.id}/pairs", 405)
    person("adi").post("/imports/999999/pairs", 404)
    assert found(query, one.id).same_people == {}


def test_the_pairs_in_english(adi, query):
    one = dry_run(adi, query, "employee", FILE)
    adi.post("/language", language="en", next="/")
    assert "New NIKs of people who are here already?" in adi.get(f"/imports/{one.id}").main.text


KEPT = """
SELECT e.nik, e.name, e.role, e.store_id, e.division_id, e.department_id, e.pin_hash, e.session_version, e.is_frozen,
       e.version
FROM employee e WHERE e.id = (SELECT max(p.id) FROM employee p WHERE lower(p.name) = 'pandu')
"""
ANOTHER_RINI = "INSERT INTO employee (nik, name, store_id) VALUES ('10000009', 'Rini', 1)"
