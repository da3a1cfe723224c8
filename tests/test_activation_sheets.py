"""Lembar kode aktivasi: codes for many stores in one PDF, for its author only, deleted after the download."""

import re
import tracemalloc
import unicodedata

import pypdfium2
import pytest

from sih.background import activation_sheets
from sih.background.worker import Worker
from sih.dao.activation_sheets import ActivationSheets
from sih.domain import clock
from sih.pdf import activation_slips
from tests.conftest import PIN_KEY
from tests.people import Person
from tests.routes import contents

NEW_PIN = "508213"


@pytest.fixture
def adi(person):
    return person("adi")


@pytest.fixture(autouse=True)
def newcomers(query) -> None:
    """Nine of T001 and two of T002 without a PIN, and one who is frozen."""
    query.execute(
        """
INSERT INTO employee (nik, name, store_id, is_frozen)
SELECT '600000' || lpad(n::text, 2, '0'), 'Baru ' || n, CASE WHEN n < 10 THEN 1 ELSE 2 END, n = 12
FROM generate_series(1, 12) AS n"""
    )


@pytest.fixture
def made(pool, settings):
    """made(person, scope=...) asks for it and lets a worker make it; gives its address."""

    def made(who, **fields) -> str:
        who.post("/activation-sheets", **fields)
        place = who.response.headers["Location"]
        while Worker(pool, settings).step():
            pass
        return place

    return made


def text_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_bounded() for page in document]


def codes(content: bytes) -> dict[str, str]:
    return dict(re.findall(r"(6000\d{4}), [^\r\n]*\r?\n([A-Z2-9]{5}-[A-Z2-9]{5})", "\n".join(text_of(content))))


def download(who, place: str) -> bytes:
    who.post(f"{place}/downloads", 200)
    return who.response.data


def activates(app, nik: str, code: str) -> int:
    nobody = Person(app)
    fields = {"nik": nik, "code": code, "new_pin": NEW_PIN, "repeated_pin": NEW_PIN}
    return nobody.client.post("/activations", data={**nobody.tokens, **fields}).status_code


def test_every_code_works_and_each_store_has_a_page(app, adi, made):
    place = made(adi, scope="all")
    assert "Kode untuk 11 orang siap." in adi.get(place).main.text
    content = download(adi, place)
    pages = text_of(content)
    assert [page.split("\n")[0].strip() for page in pages] == [
        "T001 Kelapa Gading, Jakarta",
        "T002 Panakkukang, Makassar",
    ]
    found = codes(content)
    assert len(found) == 11 and "60000012" not in found
    assert [activates(app, nik, code) for nik, code in list(found.items())[:3]] == [303, 303, 303]


@pytest.mark.parametrize(("fields", "amount"), [
    ({"scope": "city", "city": "makassar"}, 2), ({"scope": "stores", "stores": "t001;"}, 9),
    ({"scope": "stores", "stores": "T002, T001\nT002"}, 11),
])  # fmt: skip
def test_a_sheet_can_be_limited_to_a_city_or_to_stores(adi, made, fields, amount):
    assert len(codes(download(adi, made(adi, **fields)))) == amount


@pytest.mark.parametrize(("fields", "message"), [
    ({"scope": "stores"}, "Isi kode tokonya."), ({"scope": "city"}, "Isi kotanya."),
    ({"scope": "x"}, "Pilihan ini tidak tersedia."), ({"scope": "city", "city": "Atlantis"}, "Tidak ada toko"),
    ({"scope": "stores", "stores": "T001 T999"}, "Toko ini tidak ada: T999"),
])  # fmt: skip
def test_invalid_input_is_explained_and_stays_typed(adi, query, fields, message):
    page = adi.post("/activation-sheets", 422, **fields)
    assert message in page.main.text and page.select_one("[role=alert]")
    assert page.select_one("#stores").text == fields.get("stores", "")
    assert query.select("SELECT 1 FROM activation_sheet") == []


def test_employees_with_a_valid_code_are_skipped_unless_replacing(app, adi, made):
    first = codes(download(adi, made(adi, scope="city", city="Makassar")))
    assert set(codes(download(adi, made(adi, scope="all")))) & set(first) == set()
    assert "Tidak ada yang memerlukan kode" in adi.get(made(adi, scope="all")).main.text
    second = codes(download(adi, made(adi, scope="city", city="Makassar", replaces="1")))
    assert set(second) == set(first) and set(second.values()) & set(first.values()) == set()
    nik = next(iter(first))
    assert (activates(app, nik, first[nik]), activates(app, nik, second[nik])) == (401, 303)


def test_an_expired_code_is_renewed(adi, made, moved_clock):
    made(adi, scope="all")
    moved_clock(days=14, seconds=1)
    adi = Person(adi.client.application, adi.employee)
    assert len(codes(download(adi, made(adi, scope="all")))) == 11


def test_a_sheet_is_deleted_after_a_complete_download_only(adi, made):
    place = made(adi, scope="all")
    response = adi.client.post(f"{place}/downloads", data=adi.tokens, buffered=False)
    next(response.iter_encoded())
    response.close()
    whole = codes(download(adi, place))
    assert len(whole) == 11
    adi.post(f"{place}/downloads", 404)
    adi.get(place, 404)


def test_a_sheet_expires_after_an_hour(adi, made, query, moved_clock):
    place = made(adi, scope="all")
    moved_clock(hours=1, seconds=1)
    adi.get(place, 404)
    adi.post(f"{place}/downloads", 404)
    ActivationSheets(query).sweep(clock.now())
    assert query.select("SELECT 1 FROM activation_sheet") == []


def test_only_the_author_can_download_a_sheet(person, adi, made, query):
    place = made(adi, scope="all")
    query.execute("UPDATE employee SET role = 'admin' WHERE nik = '10000001'")
    rini = person("rini")
    rini.get(place, 404)
    rini.post(f"{place}/downloads", 404)
    for name in ("hadi", "susi"):
        person(name).get("/activation-sheets/new", 403)
        person(name).post("/activation-sheets", 403)
        person(name).post(f"{place}/downloads", 403)
    assert len(codes(download(adi, place))) == 11


def test_neither_database_nor_log_holds_a_code(adi, made, query, caplog):
    found = codes(download(adi, made(adi, scope="all")))
    everything = [row["t"] for name in contents(query) for row in query.select(f"SELECT t::text AS t FROM {name} t")]
    for code in found.values():
        for secret in (code, code.replace("-", "")):
            assert not [text for text in everything if secret in text] and secret not in caplog.text


def test_a_retried_job_prints_a_valid_code_for_everybody(adi, query, app, monkeypatch):
    """What was issued before stays as it is; what is missing is added."""
    adi.post("/activation-sheets", scope="all")
    number = int(adi.response.headers["Location"].rpartition("/")[2])

    class Died(Exception):
        pass

    def die(done: int, total: int) -> None:
        raise Died

    monkeypatch.setattr("sih.dao.activation_sheets.STORES", 1)
    with pytest.raises(Died):
        activation_sheets.issue(query, number, PIN_KEY, clock.now(), die)
    before = query.select("SELECT employee_id, code_hmac FROM activation ORDER BY employee_id")
    assert len(before) == 9
    activation_sheets.issue(query, number, PIN_KEY, clock.now(), lambda done, total: None)
    after = query.select("SELECT employee_id, code_hmac FROM activation ORDER BY employee_id")
    assert len(after) == 11 and [row for row in after if row in before] == before
    found = codes(download(adi, f"/activation-sheets/{number}"))
    assert [activates(app, nik, code) for nik, code in list(found.items())[-2:]] == [303, 303]


def test_making_and_downloading_a_sheet_are_security_events(adi, made, query):
    download(adi, made(adi, scope="all"))
    rows = query.select(
        "SELECT kind::text AS kind, actor_id, detail FROM security_event WHERE kind::text LIKE 'sheet%%'", {}
    )
    assert [(row["kind"], row["actor_id"]) for row in rows] == [
        ("sheet_made", adi.employee.id), ("sheet_downloaded", adi.employee.id),
    ]  # fmt: skip
    assert all(row["detail"].endswith(": 11") for row in rows)
    issued = query.select("SELECT nik FROM security_event WHERE kind = 'code_issued'")
    assert len(issued) == 11


def test_the_command_writes_the_same_file_for_its_owner_alone(app, query, tmp_path):
    place = tmp_path / "codes.pdf"
    run = app.test_cli_runner().invoke
    assert run(args=["activation-sheets", str(place)]).exit_code == 1
    assert "No such store: T999" in run(args=["activation-sheets", str(place), "--stores", "T001,T999"]).output
    result = run(args=["activation-sheets", str(place), "--all"])
    assert result.exit_code == 0 and "codes for 11 people" in result.output
    assert place.stat().st_mode & 0o777 == 0o600
    found = codes(place.read_bytes())
    assert len(found) == 11 and activates(app, "60000001", found["60000001"]) == 303
    assert query.select("SELECT 1 FROM activation_sheet") == []


def test_a_sheet_of_twenty_thousand_people_needs_bounded_memory():
    def slips():
        for number in range(20_000):
            place = {"store": f"T{number // 7:05}", "store_name": "Kelapa Gading", "city": "Jakarta"}
            yield {"nik": f"{number:08}", "name": "Siti Aminah č", **place}, "ABCDEFGH23"

    list(activation_slips.pdf([], "http://localhost", 14))  # the fonts are read once
    tracemalloc.start()
    size = sum(len(part) for part in activation_slips.pdf(slips(), "http://localhost", 14))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 1_000_000 and most < 5_000_000


def test_letters_beyond_latin_are_printed_and_long_names_fit():
    person = {
        "nik": "60000001",
        "name": "Šárka Ωμέγα " * 3,
        "store": "T001",
        "store_name": "Kelapa",
        "city": "Jakarta",
    }
    [page] = text_of(b"".join(activation_slips.pdf([(person, "ABCDEFGH23")], "http://localhost", 14)))
    assert "Šárka Ωμέγα" in unicodedata.normalize("NFKC", page) and "ABCDE-FGH23" in page
