"""Teks siap pakai: kept by admins for the handlers of a division; their placeholders say what the problem says."""

import pytest

from sih.domain import ready_texts
from sih.domain.errors import RuleViolated
from tests import form_data
from tests.facts import errors, events, id_of, state, value
from tests.import_files import bring, csv, dry_run, faults
from tests.master_forms import NEW, add, form_values

CHECKED = "Halo Rini,\nPrinter T001-PRN-01 di T001 Kelapa Gading sudah kami cek (#{number})."
NEW_TEXT = NEW["ready-texts"]
REFUSED = "{nama} tidak dikenal. Yang diisi dari kendalanya hanya {pelapor}, {toko}, {nomor}, {inventaris}."
UNKNOWN = ["Halo {nama}.", "{Pelapor}", "{pelapor }", "{}", "{pelapor} dan {nama}", "{{nama}}"]
KNOWN = ["Halo.", "{pelapor}{toko}{nomor}{inventaris}", "{{pelapor}}", "a { b", "a } b", "} {"]


@pytest.fixture
def adi(person):
    return person("adi")


def stored(query, name: str) -> str:
    return query.one("SELECT words FROM ready_text WHERE name = %(name)s", {"name": name})["words"]


def test_the_lines_of_a_text_are_kept_and_their_blanks_tidied(adi, query):
    add(adi, query, "ready-texts", words="  Halo   {toko},\r\n\r\nsudah  dicek. \n")
    assert stored(query, NEW_TEXT["name"]) == "Halo {toko},\n\nsudah dicek."


def test_braces_of_nothing_are_refused_and_the_known_ones_named(adi, query):
    page = adi.post("/ready-texts", 422, **NEW_TEXT | {"words": "Halo {nama}."})
    assert errors(page) == {"words": REFUSED} and value(page, "words") == "Halo {nama}."


def test_the_form_names_the_placeholders(adi):
    assert "{pelapor}, {toko}, {nomor}, {inventaris}" in adi.get("/ready-texts/new").select_one("#words-hint").text


def test_a_text_is_as_long_as_the_fields_it_is_offered_in(adi, query):
    assert "words" in errors(adi.post("/ready-texts", 422, **NEW_TEXT | {"words": "x" * 5001}))
    add(adi, query, "ready-texts", words="x" * 5000)


def test_two_divisions_may_have_a_text_of_the_same_name(adi, query):
    add(adi, query, "ready-texts")
    adi.post("/ready-texts", 303, **NEW_TEXT | {"division": "IT > Jaringan"})
    assert errors(adi.post("/ready-texts", 422, **NEW_TEXT | {"words": "Lain."})) == {"name": "Sudah ada."}


def test_the_list_is_filtered_by_division_and_purpose(adi, query):
    names = {link.text for link in adi.get("/ready-texts?division=Helpdesk&purpose=answer").select("tbody a")}
    assert names == {"Sudah diperiksa", "Salam"}


def test_a_change_is_audited_in_words(adi, query):
    number = add(adi, query, "ready-texts")
    fields = form_values(adi.get(f"/ready-texts/{number}/edit"))
    adi.post(f"/ready-texts/{number}", **fields | {"purpose": "return", "words": "Bukan bagian kami."})
    text = adi.get(f"/audits?noun=ready_text&row={number}").main.text
    assert "Kembalikan" in text and "Bukan bagian kami." in text and "Umum" in text


@pytest.mark.parametrize("name", ["rini", "hadi", "pandu", "susi"])
def test_only_admins_keep_them(person, name):
    somebody = person(name)
    for path in ("/ready-texts", "/ready-texts/new", "/ready-texts/1/edit"):
        somebody.get(path, 403)
    somebody.post("/ready-texts", 403, **NEW_TEXT)


def test_the_lines_of_a_cell_are_kept_and_unknown_braces_refused(adi, query):
    head = "Divisi;Nama;Untuk;Teks"
    one = dry_run(adi, query, "ready_text", csv(head, "Umum;Satu;Jawaban;Halo {nama}."))
    assert faults(query, one) == {2: [REFUSED]}
    bring(adi, query, "ready_text", csv(head, 'Umum;Dua;Jawaban;"Halo {toko},\nsudah\xa0dicek."'))
    assert stored(query, "Dua") == "Halo {toko},\nsudah dicek."


@pytest.mark.parametrize("words", UNKNOWN)
def test_unknown_braces_are_refused_by_the_database_too(query, words):
    assert ready_texts.unknown(words)
    with pytest.raises(RuleViolated, match="ready_text_placeholders_known"):
        query.execute("UPDATE ready_text SET words = %(words)s", {"words": words})


@pytest.mark.parametrize("words", KNOWN)
def test_other_braces_are_text(query, words):
    assert ready_texts.unknown(words) is None
    query.execute("UPDATE ready_text SET words = %(words)s", {"words": words})


@pytest.mark.parametrize("purpose", ["", "question"])
def test_other_purposes_are_refused(query, purpose):
    with pytest.raises(RuleViolated, match="ready_text_purpose_known"):
        query.execute("UPDATE ready_text SET purpose = %(purpose)s", {"purpose": purpose})


def offered(page) -> dict[str, str]:
    """The ready texts of a page: the value of the button by its name."""
    return {button.text: button["value"] for button in page.select("main [data-ready-texts] button[name]")}


@pytest.fixture
def printer(problem, query):
    """printer("new") gives a problem with the printer of Rini's store."""
    return lambda status="new": problem(status, asset_id=id_of_label(query, "T001-PRN-01"))


def id_of_label(query, label: str) -> int:
    return query.one("SELECT id FROM asset WHERE label = %(label)s", {"label": label})["id"]


# The page with the field, its problem, and the field with the texts that Hadi is offered there.
ASKED = {
    "openings": ("new", "diagnosis", {"Salam", "Sudah diperiksa"}),
    "closures": ("in_progress", "solution", {"Salam", "Sudah diperiksa"}),
    "escalations": ("in_progress", "reason", {"Perlu teknisi"}),
    "returns": ("escalated", "reason", set()),
    "comments": ("new", "remark", {"Salam", "Sudah diperiksa"}),
}


@pytest.mark.parametrize("noun", ASKED)
def test_each_field_offers_the_texts_for_it(person, printer, noun):
    status, field, names = ASKED[noun]
    page = person("hadi").get(f"/problems/{printer(status)}/{noun}/new")
    assert set(offered(page)) == names
    assert all(value.startswith(f"{field}:") for value in offered(page).values())


@pytest.mark.parametrize("noun", ["openings", "closures", "escalations", "comments"])
def test_the_button_fills_an_empty_field_and_does_nothing_else(person, printer, query, noun):
    status, field, names = ASKED[noun]
    number, hadi = printer(status), person("hadi")
    before, button = state(query, number), offered(hadi.get(f"/problems/{number}/{noun}/new"))[max(names)]
    page = hadi.act(number, noun, 200, ready_text=button, kind="department")
    expected = "Printer T001-PRN-01 perlu dilihat teknisi." if noun == "escalations" else CHECKED.format(number=number)
    assert value(page, field) == expected and not errors(page)
    assert state(query, number) == before and events(query, number, "commented") == []


def test_the_reason_of_a_return_is_filled_in(person, printer):
    number, gita = printer("escalated"), person("gita")
    button = offered(gita.get(f"/problems/{number}/returns/new"))["Bukan bagian kami"]
    assert value(gita.act(number, "returns", 200, ready_text=button), "reason") == "Ini bukan bagian kami."


def test_what_was_typed_stays_above_the_text(person, printer):
    number, hadi = printer("in_progress"), person("hadi")
    button = offered(hadi.get(f"/problems/{number}/closures/new"))["Salam"]
    page = hadi.act(number, "closures", 200, ready_text=button, solution="Kabel diganti.")
    assert value(page, "solution") == "Kabel diganti.\nTerima kasih sudah melapor."


def test_a_filled_form_is_sent_as_any_other(person, printer, query):
    number, hadi = printer("in_progress"), person("hadi")
    button = offered(hadi.get(f"/problems/{number}/closures/new"))["Sudah diperiksa"]
    words = value(hadi.act(number, "closures", 200, ready_text=button), "solution")
    hadi.act(number, "closures", solution=f"{words}\nKabelnya juga.")
    assert events(query, number, "closed")[0]["note"] == f"{CHECKED.format(number=number)}\nKabelnya juga."


@pytest.mark.parametrize("value_", ["solution:999", "solution:", "solution:x"])
def test_a_text_that_is_no_longer_offered_closes_nothing(person, printer, query, value_):
    number, hadi = printer("in_progress"), person("hadi")
    page = hadi.act(number, "closures", 200, ready_text=value_, solution="Kabel diganti.")
    assert value(page, "solution") == "Kabel diganti." and state(query, number)[0] == "in_progress"


def test_texts_of_another_division_or_another_purpose_cannot_be_chosen(person, printer, query):
    number, hadi = printer("in_progress"), person("hadi")
    for name in ("Bukan bagian kami", "Perlu teknisi"):
        button = f"solution:{id_of(query, 'ready_text', name)}"
        assert value(hadi.act(number, "closures", 200, ready_text=button), "solution") == ""


def test_handlers_of_a_sub_division_are_offered_those_of_their_division_too(adi, person, printer, query):
    for division, name in (("IT", "Dari IT"), ("IT > Jaringan", "Dari Jaringan"), ("IT > Aplikasi", "Lain")):
        add(adi, query, "ready-texts", division=division, name=name)
    page = person("iwan").get(f"/problems/{printer()}/comments/new")
    assert set(offered(page)) == {"Dari IT", "Dari Jaringan"}


def test_an_inactive_text_is_not_offered(adi, person, printer, query):
    number, hadi = printer(), person("hadi")
    path = f"/ready-texts/{id_of(query, 'ready_text', 'Salam')}"
    adi.post(path, **form_values(adi.get(f"{path}/edit")) | {"active": "no"})
    assert set(offered(hadi.get(f"/problems/{number}"))) == {"Sudah diperiksa"}


@pytest.mark.parametrize("name", ["rini", "koko", "susi", "adi"])
def test_nobody_else_is_offered_any(person, printer, name):
    page = person(name).get(f"/problems/{printer()}")
    assert offered(page) == {}


def test_a_name_in_braces_is_no_placeholder(person, printer, query):
    query.execute("UPDATE employee SET name = '{toko}' WHERE name = 'Rini'")
    button = person("hadi").get(f"/problems/{printer()}").select_one("[data-words*=Halo]")
    assert button["data-words"].startswith("Halo {toko},")


def test_for_many_problems_only_texts_without_placeholders_are_offered(person, printer, query):
    number, hadi = printer("in_progress"), person("hadi")
    fields = {"verb": "close", "picked": f"{number}-{hadi.seen(number)}"}
    page = hadi.get(f"/bulk-actions/new?verb=close&picked={fields['picked']}")
    assert set(offered(page)) == {"Salam"}
    page = hadi.post("/bulk-actions", 200, **fields, ready_text=offered(page)["Salam"])
    assert value(page, "solution") == "Terima kasih sudah melapor." and state(query, number)[0] == "in_progress"


def test_both_steps_of_opening_and_escalating_many_are_filled_in(person, printer, query):
    query.execute("UPDATE ready_text SET words = 'Perlu teknisi.' WHERE name = 'Perlu teknisi'")
    number, hadi = printer("new"), person("hadi")
    fields = {"verb": "open_and_escalate", "picked": f"{number}-{hadi.seen(number)}"}
    page = hadi.get(f"/bulk-actions/new?verb=open_and_escalate&picked={fields['picked']}")
    page = hadi.post("/bulk-actions", 200, **fields, ready_text=offered(page)["Salam"])
    assert value(page, "diagnosis") == "Terima kasih sudah melapor."
    fields |= form_data.opening(query)
    page = hadi.post("/bulk-actions", 200, **fields, step="open")
    page = hadi.post("/bulk-actions", 200, **fields, ready_text=offered(page)["Perlu teknisi"], kind="department")
    assert value(page, "reason") == "Perlu teknisi." and value(page, "diagnosis") == fields["diagnosis"]
