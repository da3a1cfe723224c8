"""Kendala yang biasa: master data of a kind of goods, chosen in Lapor Kendala instead of words."""

import functools

import pytest

from sih.dao.audits import signed
from sih.domain import clock
from tests import form_data
from tests.facts import amount, errors, id_of, value
from tests.import_files import bring, csv
from tests.master_forms import NEW, add, form_values

REPORTED = "SELECT p.title, p.description FROM problem p"


@pytest.fixture
def adi(person):
    return person("adi")


@pytest.fixture
def report(query):
    """A form with the trouble "Kertas macet" and nothing typed."""
    trouble = id_of(query, "trouble", "Kertas macet")
    return functools.partial(form_data.report, query, title="", description="", trouble=trouble)


def offered(page) -> dict[str, list[str]]:
    groups = page.select("#trouble optgroup")
    return {group["label"]: [option.text for option in group.select("option")] for group in groups}


def reported(query) -> tuple[str, str]:
    found = query.one(REPORTED)
    return found["title"], found["description"]


def test_all_troubles_are_offered_by_kind_without_javascript(person):
    page = person("rini").get("/problems/new")
    assert offered(page) == {"AC": ["Tidak dingin"], "Printer": ["Kertas macet", "Tidak mencetak"]}
    kinds = {option["data-kind"] for option in page.select("#trouble option[data-kind]")}
    assert kinds <= {option["data-kind"] for option in page.select("#good option[data-kind]")}


def test_a_trouble_alone_is_enough(person, query, report):
    page = person("rini").post("/problems", follow=True, **report())
    assert reported(query) == ("Kertas macet", "")
    assert page.h1.bdi.text == "Kertas macet" and not page.find("h2", string="Deskripsi")
    number = query.one("SELECT id FROM problem")["id"]
    assert not person("hadi").get(f"/problems/{number}/openings/new").select_one(".described")


def test_words_beside_a_trouble_stay_what_they_are(person, query, report):
    person("rini").post("/problems", **report(description="Sejak pagi."))
    assert reported(query) == ("Kertas macet", "Sejak pagi.")


@pytest.mark.parametrize(("typed", "kept"), [("", "Kertas macet"), ("Sejak pagi.", "Kertas macet\nSejak pagi.")])
def test_beside_a_typed_title_the_trouble_is_the_first_line(person, query, report, typed, kept):
    person("rini").post("/problems", **report(title="Kasir 2", description=typed))
    assert reported(query) == ("Kasir 2", kept)


def test_the_line_of_the_trouble_counts(person, query, report):
    page = person("rini").post("/problems", 422, **report(title="Kasir 2", description="x" * 5000))
    assert errors(page) == {"description": "Paling banyak 5000 karakter; ini kelebihan 13."}
    assert value(page, "trouble") == str(id_of(query, "trouble", "Kertas macet")) and value(page, "title") == "Kasir 2"


def test_with_neither_trouble_nor_words_both_fields_say_their_sentence(person, report):
    assert errors(person("rini").post("/problems", 422, **report(trouble=""))) == {
        "title": "Tuliskan judul singkat kendala ini.",
        "description": "Ceritakan apa yang terjadi.",
    }


def test_a_title_alone_is_not_enough(person, report):
    page = person("rini").post("/problems", 422, **report(trouble="", title="Printer"))
    assert errors(page) == {"description": "Ceritakan apa yang terjadi."}


def test_a_trouble_of_another_kind_is_refused(person, query, report):
    page = person("rini").post("/problems", 422, **report(trouble=id_of(query, "trouble", "Tidak dingin")))
    assert errors(page) == {"trouble": "Kendala ini bukan untuk barang yang dipilih."}


@pytest.mark.parametrize("trouble", ["999", "x", "-1"])
def test_a_trouble_that_is_not_there_is_refused_or_empty(person, query, report, trouble):
    person("rini").post("/problems", 422, **report(trouble=trouble))
    assert amount(query, "problem") == 0


def test_a_second_click_is_one_report_and_another_trouble_asks(person, query, report):
    fields = report()
    for _ in range(2):
        person("rini").post("/problems", **fields)
    assert amount(query, "problem") == 1
    other = fields | {"trouble": id_of(query, "trouble", "Tidak mencetak")}
    page = person("rini").post("/problems", 409, **other)
    assert "Tidak mencetak" in page.main.text and value(page, "trouble") == str(other["trouble"])


def test_a_deactivated_trouble_and_those_of_a_deactivated_kind_are_not_offered(person, query):
    with signed(query, clock.now(), None, "test"):
        query.execute("UPDATE trouble SET is_active = false WHERE name = 'Kertas macet'")
        query.execute("UPDATE asset_kind SET is_active = false WHERE name = 'AC'")
    assert offered(person("rini").get("/problems/new")) == {"Printer": ["Tidak mencetak"]}


def test_an_admin_adds_changes_and_reads_its_history(adi, query, person):
    number = add(adi, query, "troubles")
    assert offered(person("rini").get("/problems/new"))["AC"] == ["Berbau", "Tidak dingin"]
    fields = form_values(adi.get(f"/troubles/{number}/edit"))
    adi.post(f"/troubles/{number}", **fields | {"name": "Berbau apek"})
    text = adi.get(f"/audits?noun=trouble&row={number}").main.text
    assert "Berbau apek" in text


def test_a_name_is_there_once_a_kind(adi, query):
    add(adi, query, "troubles")
    assert errors(adi.post("/troubles", 422, **NEW["troubles"] | {"active": "no"})) == {"name": "Sudah ada."}
    adi.post("/troubles", 303, **NEW["troubles"] | {"kind": "Printer"})


def test_troubles_are_imported(adi, query, person):
    bring(adi, query, "trouble", csv("Jenis;Kendala", "printer;Tinta habis"))
    assert "Tinta habis" in offered(person("rini").get("/problems/new"))["Printer"]


@pytest.mark.parametrize("name", ["rini", "hadi", "susi"])
def test_nobody_else_keeps_them(person, name):
    somebody = person(name)
    for path in ("/troubles", "/troubles/new", "/troubles/1/edit"):
        somebody.get(path, 403)
    somebody.post("/troubles", 403, **NEW["troubles"])


def test_a_draft_keeps_the_trouble(person, report):
    rini, fields = person("rini"), report()
    rini.post("/report-drafts", 200, **fields)
    assert value(rini.get("/problems/new?continued=1"), "trouble") == str(fields["trouble"])
