"""Which sheets of a workbook are the list: the admin chooses one or all, and all of them are one list."""

import pytest

from sih.background import imports
from sih.domain import clock
from tests.concurrency import all_at_once
from tests.facts import amount
from tests.import_files import confirm, dry_run, faults, found, write
from tests.list_files import BALI, HEAD, JAWA, TWO, sheets, with_hidden, workbook
from tests.people import Person
from tests.xlsx_files import replaced


@pytest.fixture
def adi(person):
    return person("adi")


def choose(person, one, *places: int, status: int = 303):
    return person.post(f"/imports/{one.id}/sheets", status, sheet=[str(place) for place in places])


def checked(query, one):
    imports.check(query, one.id, clock.now(), lambda *_: None)
    return found(query, one.id)


def text(adi, one) -> str:
    return " ".join(adi.get(f"/imports/{one.id}").main.text.split())


def names(query) -> set[str]:
    return {row["nik"] for row in query.select("SELECT nik FROM employee WHERE nik LIKE '00500%%'")}


def test_the_dry_run_names_its_sheet_and_the_sheets_that_are_not_read(adi, query):
    book = workbook(Lama=[HEAD, BALI], Jawa=[HEAD, JAWA], Catatan=[["Isi semua"]])
    one = dry_run(adi, query, "employee", with_hidden(book, "hidden", "Lama"))
    page = text(adi, one)
    assert "Lembar: Jawa (1 baris)" in page and "Lembar yang tidak dibaca: Lama (tersembunyi), Catatan" in page
    confirm(adi, one)
    assert "Lembar: Jawa (1 baris)" in text(adi, write(query, one)) and names(query) == {"0050001"}


def test_a_sheet_beside_the_list_may_be_unreadable(adi, query):
    content = sheets(Jawa=[HEAD, JAWA], Absensi=[["NIK", *range(300)]])
    assert "Lembar yang tidak dibaca: Absensi (tidak dapat dibaca)" in text(
        adi, dry_run(adi, query, "employee", content)
    )


def test_a_text_has_no_sheets(adi, query):
    assert "Lembar:" not in text(adi, dry_run(adi, query, "employee", b"NIK;Nama;Toko\n0050001;Jaka;T001"))


def test_several_sheets_are_offered_with_their_rows_and_headings(adi, query):
    one = dry_run(adi, query, "employee", TWO)
    assert (one.state, amount(query, "import_row"), names(query)) == ("choosing", 0, set())
    page = adi.get(f"/imports/{one.id}")
    labels = [" ".join(label.text.split()) for label in page.select("main .form-check-label")]
    assert labels == ["Jawa (1 baris)", "Bali (1 baris)"] and len(page.select("main [name=sheet][checked]")) == 2
    assert "menunggu pilihan lembar" in adi.get("/imports/new").main.text


def test_all_sheets_are_one_list(adi, query):
    one = dry_run(adi, query, "employee", TWO)
    choose(adi, one, 0, 1)
    assert found(query, one.id).state == "reading"
    one = checked(query, one)
    assert one.counts["create"] == 2
    assert "Lembar: Jawa (1 baris), Bali (1 baris) Lembar yang tidak dibaca: Petunjuk" in text(adi, one)
    confirm(adi, one)
    assert write(query, one).state == "written" and names(query) == {"0050001", "0050002"}


def test_one_sheet_is_the_list(adi, query):
    one = dry_run(adi, query, "employee", TWO)
    choose(adi, one, 1)
    one = checked(query, one)
    page = text(adi, one)
    assert "Lembar: Bali (1 baris)" in page and "Lembar yang tidak dibaca: Jawa, Petunjuk" in page
    confirm(adi, one)
    assert write(query, one).state == "written" and names(query) == {"0050002"}


def test_a_pivot_with_the_key_alone_is_offered_and_not_ticked(adi, query):
    content = sheets(Jawa=[HEAD, JAWA], Bali=[HEAD, BALI], Rekap=[["NIK", "Jumlah"], ["0050001", 1], ["0050002", 1]])
    page = adi.get(f"/imports/{dry_run(adi, query, 'employee', content).id}")
    assert [box["value"] for box in page.select("main [name=sheet]")] == ["0", "1", "2"]
    assert [box["value"] for box in page.select("main [name=sheet][checked]")] == ["0", "1"]


def everybody(query) -> list[list[str]]:
    return [[row["nik"], row["name"]] for row in query.select("SELECT nik, name FROM employee ORDER BY nik")]


def test_absences_from_a_complete_list_are_judged_over_all_sheets(adi, query):
    people, head = everybody(query), HEAD[:2]
    content = sheets(Jawa=[head, *people[:5]], Bali=[head, *people[5:-1]])
    one = dry_run(adi, query, "employee", content, is_complete="y")
    assert "Yang tidak ada di lembar mana pun yang dicentang akan dinonaktifkan." in text(adi, one)
    choose(adi, one, 0, 1)
    assert checked(query, one).counts.get("deactivate", 0) == (people[-1][0] != "40000001")
    half = dry_run(adi, query, "employee", content, is_complete="y")
    choose(adi, half, 0)
    assert checked(query, half).counts["deactivate"] >= len(people) - 6


def test_rows_of_several_sheets_name_their_sheet(adi, query):
    wrong = ["0050003", "Salah", "T999"]
    one = dry_run(adi, query, "employee", sheets(Jawa=[HEAD, JAWA, wrong], Bali=[HEAD, JAWA]))
    choose(adi, one, 0, 1)
    one = checked(query, one)
    assert one.counts["fault"] == 3
    cells = [" ".join(cell.text.split()) for cell in adi.get(f"/imports/{one.id}").select("main td:first-child")]
    assert cells == ["Baris Jawa 2", "Baris Jawa 3", "Baris Bali 2"]
    alone = dry_run(adi, query, "employee", sheets(Jawa=[HEAD, wrong]))
    assert list(faults(query, alone)) == [2]
    assert [" ".join(cell.text.split()) for cell in adi.get(f"/imports/{alone.id}").select("main td:first-child")] == [
        "Baris 2"
    ]


def test_a_refused_row_of_several_sheets_names_its_sheet(adi, query):
    cell = f'<row r="3"><c r="A3" t="inlineStr"><is><t>{"x" * 40_000}</t></is></c></row></sheetData>'.encode()
    content = sheets(Jawa=[HEAD, JAWA], Bali=[HEAD, BALI])
    content = replaced(content, "xl/worksheets/sheet2.xml", lambda xml: xml.replace(b"</sheetData>", cell))
    one = dry_run(adi, query, "employee", content)
    assert one.state == "refused" and one.fault["facts"]["line"] == "3 (Bali)"


def test_nothing_ticked_is_refused_and_asked_again(adi, query):
    one = dry_run(adi, query, "employee", TWO)
    for places in ((), (7,)):
        page = choose(adi, one, *places, status=422)
        assert "Pilih paling sedikit satu lembar." in page.main.text and len(page.select("main [name=sheet]")) == 2
    assert found(query, one.id).state == "choosing"


def test_a_choice_made_twice_is_one_and_another_choice_comes_too_late(adi, query):
    one = dry_run(adi, query, "employee", TWO)
    choose(adi, one, 0)
    choose(adi, one, 0)
    assert amount(query, "job WHERE kind = 'check_import'") == 2  # the first reading, and this one
    assert "Lembarnya sudah dipilih" in choose(adi, one, 1, status=409).main.text
    checked(query, one)
    assert "Lembarnya sudah dipilih" in choose(adi, one, 0, 1, status=409).main.text
    assert found(query, one.id).chosen == ["Jawa"]


def test_two_admins_who_choose_at_the_same_time_choose_once(adi, app, query, employees):
    one = dry_run(adi, query, "employee", TWO)
    both = [Person(app, employees["adi"]) for _ in range(2)]
    for each in both:
        assert each.tokens
    all_at_once([lambda each=each: choose(each, one, 0, 1) for each in both])
    assert amount(query, "job WHERE kind = 'check_import'") == 2
    assert found(query, one.id).chosen == ["Jawa", "Bali"]


def test_an_import_without_a_choice_to_make_refuses_one(adi, query):
    one = dry_run(adi, query, "employee", sheets(Jawa=[HEAD, JAWA]))
    choose(adi, one, 1, status=409)
    assert found(query, one.id).state == "shown"


@pytest.mark.parametrize("name", ["rini", "hadi", "susi"])
def test_only_an_admin_chooses(person, adi, query, name):
    one = dry_run(adi, query, "employee", TWO)
    choose(person(name), one, 0, status=403)
    assert found(query, one.id).state == "choosing"


def test_a_choice_is_made_in_english(adi, query):
    adi.speaks("en")
    page = text(adi, dry_run(adi, query, "employee", TWO))
    assert "Several sheets could be this list" in page and "Jawa (1 rows)" in page
