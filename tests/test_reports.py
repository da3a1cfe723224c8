"""Lapor Kendala (docs/paper.md, R3): a good of the own store or a kind of good, title, description; then its number."""

import functools

import pytest

from sih.dao.audits import signed
from sih.domain import clock
from sih.domain.text import first_words
from tests import form_data
from tests.facts import alert, amount, errors, id_of, options, state, value

REPORTED = """
SELECT r.name AS reporter, s.code AS store, k.name AS kind, a.label AS asset, p.title, p.description
FROM problem p
JOIN employee r ON r.id = p.reporter_id
JOIN store s ON s.id = p.store_id
JOIN asset_kind k ON k.id = p.asset_kind_id
LEFT JOIN asset a ON a.id = p.asset_id
"""


@pytest.fixture
def report(query):
    """A form filled in; report(title="") leaves one empty."""
    return functools.partial(form_data.report, query)


def asset(query, label: str) -> str:
    return f"asset:{query.one('SELECT id FROM asset WHERE label = %(label)s', {'label': label})['id']}"


def test_the_number_and_the_holder_are_shown(person, query, report):
    page = person("rini").post("/problems", follow=True, **report())
    number = query.one("SELECT id FROM problem")["id"]
    assert page.select_one("main [role=status]").text == f"Kendala #{number} terkirim dan menunggu di Helpdesk."
    assert page.h1.text == f"#{number} Printer mati"
    assert "Menunggu diHelpdesk" in page.dl.text
    assert state(query, number) == ("new", "Helpdesk", None)


def test_store_and_reporter_come_from_the_account(person, query, report):
    fields = report(store_id="2", reporter_id="1", good=asset(query, "T001-PRN-01"))
    person("koko").post("/problems", **fields)
    assert query.one_or_none(REPORTED) == {
        "reporter": "Koko",
        "store": "T001",
        "kind": "Printer",
        "asset": "T001-PRN-01",
        "title": "Printer mati",
        "description": "Lampu merah menyala.",
    }


@pytest.mark.parametrize("name", ["rini", "sari", "hadi", "gita", "pandu", "susi", "adi"])
def test_everybody_may_report(person, query, report, name):
    person(name).post("/problems", **report())
    assert query.one(REPORTED)["reporter"] == name.capitalize()


def test_a_visitor_is_asked_to_sign_in(person, query, report):
    nobody = person(None)
    nobody.get("/problems/new", 302)
    nobody.post("/problems", **report())
    assert nobody.response.location.startswith("/login")
    assert amount(query, "problem") == 0


def test_the_goods_of_the_own_store_are_offered_by_kind_then_each_kind(person, query):
    query.execute("UPDATE asset_kind SET is_active = false WHERE name = 'Barang lain'")
    rini = person("rini").get("/problems/new")
    assert options(rini, "good") == ["T001-PRN-01 (SN1)", "Lainnya: AC", "Lainnya: Printer"]
    assert [group["label"] for group in rini.select("#good optgroup")] == ["Printer", "Lainnya"]
    assert options(person("sari").get("/problems/new"), "good")[0] == "T002-AC-01"


@pytest.mark.parametrize("label", ["T002-AC-01", "T001-PRN-00"])
def test_a_good_of_another_store_and_a_retired_one_are_refused(person, query, report, label):
    page = person("rini").post("/problems", 422, **report(good=asset(query, label)))
    assert errors(page) == {"good": "Pilihan ini tidak tersedia."}
    assert label not in page.text
    assert amount(query, "problem") == 0


def test_a_kind_without_a_label_will_do(person, query, report):
    person("rini").post("/problems", **report(good=f"kind:{id_of(query, 'asset_kind', 'AC')}"))
    found = query.one_or_none(REPORTED)
    assert (found["kind"], found["asset"]) == ("AC", None)


@pytest.mark.parametrize(
    "good", ["asset:999", "kind:999", "kind:", "asset:x", "1", "x" * 5000, "\x00", "kind:1 OR 1=1"]
)
def test_a_good_that_is_not_offered_is_refused(person, query, report, good):
    page = person("rini").post("/problems", 422, **report(good=good))
    assert errors(page) == {"good": "Pilihan ini tidak tersedia."}
    assert value(page, "title") == "Printer mati"
    assert amount(query, "problem") == 0


def test_empty_fields_are_explained_beside_each_field(person, query):
    page = person("rini").post("/problems", 422)
    assert alert(page) == "Harap isi form dengan benar!"
    assert errors(page) == {
        "good": "Pilih barang yang bermasalah.",
        "title": "Tuliskan judul singkat kendala ini.",
        "description": "Ceritakan apa yang terjadi.",
    }
    assert amount(query, "problem") == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("title", "x" * 151),
        ("title", "a\x00b"),
        ("description", "x" * 5001),
        ("description", "\x1b[0m"),
    ],
)
def test_invalid_text_is_explained_and_everything_typed_stays(person, query, report, name, text):
    fields = report(**{name: text})
    page = person("rini").post("/problems", 422, **fields)
    assert list(errors(page)) == [name]
    for other in {"good", "title", "description", "token"} - {name}:
        assert value(page, other) == fields[other]
    assert value(page, name) == text.strip().replace("\x00", "\ufffd").replace("\x1b", "\ufffd")
    assert amount(query, "problem") == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("x" * 150, "x" * 150),
        ("  Printer \u200b", "Printer"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("\U0001f5a8 <b>mati</b> & 'x'", "\U0001f5a8 <b>mati</b> & 'x'"),
        ("\u202egnirp", "\u202egnirp"),
    ],
)
def test_every_other_text_is_kept_and_shown_as_it_is(person, query, report, typed, kept):
    page = person("rini").post("/problems", follow=True, **report(title=typed, description=typed))
    assert query.one(REPORTED)["title"] == kept
    assert page.h1.bdi.text == kept


def test_in_english(person, query):
    page = person("rini").speaks("en").post("/problems", 422)
    assert errors(page)["good"] == "Choose what is broken."
    assert options(page, "good")[-1] == "Other: Printer"
    assert [group["label"] for group in page.select("#good optgroup")] == ["Printer", "Other"]


def test_an_empty_title_is_filled_from_the_first_words_of_the_description(person, query, report):
    person("rini").post("/problems", **report(title=" ", description="Kertas macet.\nSejak pagi."))
    found = query.one(REPORTED)
    assert (found["title"], found["description"]) == ("Kertas macet.", "Kertas macet.\nSejak pagi.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        (
            "Printer di kasir dua tidak mencetak sama sekali, lampunya merah menyala terus",
            "Printer di kasir dua tidak mencetak sama sekali, lampunya…",
        ),
        (" \n Mati \n", "Mati"),
    ],
)
def test_first_words(text, words):
    assert first_words(text) == words and len(words) <= 60


def test_what_was_reported_last_by_this_person_then_by_the_store_comes_first(person, query, report):
    kinds = {name: f"kind:{id_of(query, 'asset_kind', name)}" for name in ("AC", "Printer", "Barang lain")}
    person("koko").post("/problems", **report(anyway="1", good=asset(query, "T001-PRN-01")))
    person("rini").post("/problems", **report(anyway="1", good=kinds["Printer"]))
    person("rini").post("/problems", **report(anyway="1", good=kinds["AC"]))
    person("sari").post("/problems", **report(anyway="1", good=kinds["Barang lain"]))
    page = person("rini").get("/problems/new")
    first = ["Lainnya: AC", "Lainnya: Printer", "T001-PRN-01 (SN1)"]
    assert options(page, "good") == [*first, "Lainnya: Barang lain"], "each once"
    assert [group["label"] for group in page.select("#good optgroup")] == ["Terakhir dilaporkan", "Lainnya"]


def test_a_retired_good_is_not_offered_because_it_was_reported(person, query, report):
    person("rini").post("/problems", **report(good=asset(query, "T001-PRN-01")))
    with signed(query, clock.now(), None, "test"):
        query.execute("UPDATE asset SET is_retired = true")
    assert options(person("rini").get("/problems/new"), "good")[0] == "Lainnya: AC"


@pytest.mark.parametrize(("amount", "is_narrowed"), [(11, False), (12, True)])
def test_a_field_that_narrows_the_goods_is_there_for_more_than_fifteen(person, query, amount, is_narrowed):
    """One good and three kinds are there already. Without JavaScript the field is not shown."""
    with signed(query, clock.now(), None, "test"):
        query.execute(
            "INSERT INTO asset (label, kind_id, store_id) SELECT 'A' || n, min(k.id), min(s.id) "
            "FROM generate_series(1, %(amount)s) AS n, asset_kind k, store s GROUP BY n",
            {"amount": amount},
        )
    page = person("rini").get("/problems/new")
    assert bool(page.select_one(".with-script [data-narrows=good]")) == is_narrowed
    assert len(options(page, "good")) == amount + 4
