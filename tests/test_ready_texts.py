"""Teks siap pakai: kept by admins for the handlers of a division; their placeholders say what the problem says."""

import pytest

from sih.domain import ready_texts
from sih.domain.errors import RuleViolated
from tests.facts import errors, value
from tests.import_files import bring, csv, dry_run, faults
from tests.master_forms import NEW, add, form_values

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
