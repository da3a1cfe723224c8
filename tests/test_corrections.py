"""Koreksi: the reporter puts right what was reported while it is new; the good also whoever may act on the problem."""

from datetime import UTC, datetime

import pytest

from sih.dao.changes import Changes
from sih.dao.problems import Problems
from sih.domain import clock
from sih.domain.records import Filters
from tests import form_data
from tests.facts import alert, errors, id_of, options, value
from tests.problem_pages import buttons, facts, numbers

NOW = """
SELECT p.title, p.description, k.name AS kind, a.label, p.status, p.last_event_id, p.held_since, p.asset_kind_id
FROM problem p JOIN asset_kind k ON k.id = p.asset_kind_id LEFT JOIN asset a ON a.id = p.asset_id
WHERE p.id = %(id)s
"""
CORRECTIONS = """
SELECT e.id, e.previous_event_id, a.name AS actor, e.correction, e.status_after, b.name AS "from", k.name AS "to"
FROM event e JOIN employee a ON a.id = e.actor_id JOIN asset_kind b ON b.id = e.from_asset_kind_id
JOIN asset_kind k ON k.id = e.asset_kind_id
WHERE e.problem_id = %(id)s AND e.kind = 'corrected' ORDER BY e.id
"""
TEXTS = {"title": "Printer kasir macet", "description": "Kertas tersangkut di rol kedua."}
OPEN = ["in_progress", "escalated", "at Umum", "escalated to pandu", "at pandu"]


def now(query, number: int) -> dict:
    return query.one(NOW, {"id": number})


def corrections(query, number: int) -> list[dict]:
    return query.select(CORRECTIONS, {"id": number})


def good(query, name: str) -> str:
    """The option of this kind, or of the asset with this label."""
    if name.startswith("T0"):
        return f"asset:{query.one('SELECT id FROM asset WHERE label = %(name)s', {'name': name})['id']}"
    return f"kind:{id_of(query, 'asset_kind', name)}"


def correct(person, query, number: int, status: int = 303, kind: str = "AC", **fields):
    return person.act(number, "corrections", status, good=good(query, kind), **fields)


def test_the_reporter_corrects_all_that_was_reported(person, problem, query):
    number = problem()
    first = now(query, number)["last_event_id"]
    correct(person("rini"), query, number, kind="AC", **TEXTS)
    row = now(query, number)
    assert (row["title"], row["description"], row["kind"], row["status"]) == (*TEXTS.values(), "AC", "new")
    [event] = corrections(query, number)
    assert event["previous_event_id"] == first and event["id"] == row["last_event_id"]
    assert (event["actor"], event["from"], event["to"]) == ("Rini", "Printer", "AC")
    assert event["correction"] == {
        "title": ["Printer macet", "Printer kasir macet"],
        "description": ["Kertas tersangkut.", "Kertas tersangkut di rol kedua."],
        "good": ["Printer", "AC"],
    }


def test_the_history_shows_what_was_and_what_became(person, problem, query):
    number = problem()
    correct(person("rini"), query, number, kind="T001-PRN-01", **TEXTS)
    correct(person("hadi"), query, number, kind="AC")
    for name in ("rini", "koko", "hadi", "susi"):
        page = person(name).get(f"/problems/{number}")
        first, second = page.select(".history .correction")
        assert [word.text for word in first.select("dt")] == ["Judul", "Inventaris", "Deskripsi"]
        assert [word.text for word in first.select("del")] == ["Printer macet", "Printer", "Kertas tersangkut."]
        assert [word.text for word in first.select("ins")][:2] == ["Printer kasir macet", "Printer T001-PRN-01"]
        assert [word.text for word in second.select("del, ins")] == ["Printer T001-PRN-01", "AC"]
        assert facts(page)["Inventaris"] == "AC" and "Printer kasir macet" in page.h1.text


def test_the_form_is_filled_in_as_the_problem_stands(person, problem, query):
    number = problem()
    page = person("rini").get(f"/problems/{number}/corrections/new")
    assert (value(page, "title"), value(page, "description")) == ("Printer macet", "Kertas tersangkut.")
    assert value(page, "good") == good(query, "Printer")
    assert options(page, "good") == ["T001-PRN-01 (SN1)", "Lainnya: AC", "Lainnya: Barang lain", "Lainnya: Printer"]


def test_a_handler_corrects_the_good_alone(person, problem, query):
    number = problem("in_progress")
    page = person("hadi").get(f"/problems/{number}/corrections/new")
    assert [field["name"] for field in page.select("main .inputs select, main .inputs textarea")] == ["good"]
    correct(person("hadi"), query, number, 403, **TEXTS)
    assert corrections(query, number) == []
    correct(person("hadi"), query, number, kind="T001-PRN-01")
    assert (now(query, number)["kind"], now(query, number)["label"]) == ("Printer", "T001-PRN-01")
    assert corrections(query, number)[0]["correction"] == {"good": ["Printer", "Printer T001-PRN-01"]}


def test_a_handler_corrects_the_texts_of_an_own_report_alone(person, problem, query):
    own, theirs = problem(by="hadi"), problem(by="rini")
    correct(person("hadi"), query, own, **TEXTS)
    assert now(query, own)["title"] == TEXTS["title"]
    correct(person("hadi"), query, theirs, 403, **TEXTS)
    assert "title" not in str(person("hadi").get(f"/problems/{theirs}/corrections/new").select("main .inputs input"))


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("in_progress", ["hadi", "hana"]),
        ("escalated", ["hadi", "gita"]),
        ("at Umum", ["hadi", "gita"]),
        ("escalated to pandu", ["hadi", "pandu"]),
        ("at pandu", ["hadi", "pandu"]),
    ],
)
def test_whoever_may_act_corrects_the_good_while_it_is_open(person, problem, query, state, names):
    for name in names:
        number = problem(state)
        before = now(query, number)
        correct(person(name), query, number)
        after = now(query, number)
        assert (after["kind"], after["status"], after["held_since"]) == ("AC", before["status"], before["held_since"])


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("name", ["rini", "koko", "iwan", "putri", "susi", "adi"])
def test_everybody_else_is_refused(person, problem, query, state, name):
    number = problem(state)
    correct(person(name), query, number, 403)
    person(name).get(f"/problems/{number}/corrections/new", 403)
    assert corrections(query, number) == []


def test_a_stranger_gets_not_found(person, problem, query):
    number = problem()
    correct(person("sari"), query, number, 404)
    person("sari").get(f"/problems/{number}/corrections/new", 404)


@pytest.mark.parametrize("state", ["closed", "withdrawn"])
def test_what_is_closed_is_not_corrected(person, problem, query, state):
    number = problem(state)
    for name in ("rini", "hadi"):
        correct(person(name), query, number, 409)
        person(name).get(f"/problems/{number}/corrections/new", 409)
    assert corrections(query, number) == []


def test_the_button_is_on_the_page_of_the_problem_and_not_in_the_list(person, problem):
    number = problem()
    assert buttons(person("rini").get(f"/problems/{number}")) == ["Koreksi", "Tarik Laporan"]
    assert buttons(person("hadi").get(f"/problems/{number}")) == ["Buka Kendala", "Koreksi"]
    assert buttons(person("rini").get("/problems")) == [] and buttons(person("hadi").get("/problems")) != []
    assert "Koreksi" not in person("hadi").get("/problems").main.text


def test_a_correction_that_changes_nothing_is_refused(person, problem, query):
    number = problem()
    page = correct(
        person("rini"), query, number, 422, kind="Printer", title="Printer macet ", description="Kertas tersangkut."
    )
    assert alert(page) == "Belum ada yang diubah." and corrections(query, number) == []


def test_a_double_click_corrects_once(person, problem, query):
    number = problem()
    seen = person("rini").seen(number)
    for _ in range(2):
        correct(person("rini"), query, number, seen=seen, title="Printer kasir macet", description="Kertas tersangkut.")
    person("hadi").act(number, "openings", **form_data.opening(query))
    correct(person("rini"), query, number, seen=seen, title="Printer kasir macet", description="Kertas tersangkut.")
    assert len(corrections(query, number)) == 1


def test_another_correction_from_the_same_page_is_stale(person, problem, query):
    number = problem()
    seen = person("rini").seen(number)
    correct(person("rini"), query, number, seen=seen, **TEXTS)
    page = correct(person("rini"), query, number, 409, seen=seen, title="Lain", description="Lain sekali.")
    assert "Kendala ini sudah berubah" in alert(page) and "Lain sekali." in page.main.text
    correct(person("rini"), query, number, 409, kind="T001-PRN-01", seen=seen, **TEXTS)
    assert now(query, number)["title"] == TEXTS["title"]


def test_an_open_dialog_with_the_old_text_is_refused_and_keeps_what_was_typed(person, problem, query):
    number = problem()
    seen = person("hadi").seen(number)
    correct(person("rini"), query, number, **TEXTS)
    fields = form_data.opening(query, diagnosis="Rol aus sekali.", seen=seen)
    page = person("hadi").act(number, "openings", 409, **fields)
    assert "Kendala ini sudah berubah" in alert(page) and "Rol aus sekali." in page.main.text
    assert TEXTS["title"] in page.main.text and now(query, number)["status"] == "new"


def test_a_correction_of_what_was_opened_meanwhile_keeps_what_was_typed(person, problem, query):
    number = problem()
    seen = person("rini").seen(number)
    person("hadi").act(number, "openings", **form_data.opening(query))
    page = correct(person("rini"), query, number, 409, seen=seen, **TEXTS)
    typed = page.main.text
    assert all(words in typed for words in (*TEXTS.values(), "Lainnya: AC"))
    assert now(query, number)["title"] == "Printer macet"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": ""}, {"title": "Tuliskan judul singkat kendala ini."}),
        ({"description": " "}, {"description": "Ceritakan apa yang terjadi."}),
        ({"title": "x" * 151}, {"title": "Paling banyak 150 karakter; ini kelebihan 1."}),
        ({"description": "a\x00b"}, {"description": "Teks ini berisi karakter yang tidak dapat disimpan."}),
        ({"good": ""}, {"good": "Pilih barang yang bermasalah."}),
        ({"good": "kind:999"}, {"good": "Pilihan ini tidak tersedia."}),
    ],
)
def test_invalid_text_is_explained_beside_the_field(person, problem, query, fields, wrong):
    number = problem()
    page = person("rini").act(number, "corrections", 422, **{"good": good(query, "AC"), **TEXTS, **fields})
    assert alert(page) == "Harap isi form dengan benar!" and errors(page) == wrong
    assert corrections(query, number) == []


def test_a_report_by_a_usual_trouble_alone_needs_no_description(person, problem, query):
    number, rini = problem(title="Kertas macet", description=""), person("rini")
    page = rini.get(f"/problems/{number}/corrections/new")
    assert value(page, "description") == ""
    correct(rini, query, number, title="Kertas macet lagi", description="")
    assert (now(query, number)["title"], now(query, number)["description"]) == ("Kertas macet lagi", "")
    correct(rini, query, number, title="Kertas macet lagi", description="Di rol kedua.")
    correction = rini.get(f"/problems/{number}").select(".correction")[-1]
    assert correction.ins.text == "Di rol kedua." and correction.find("del") is None
    page = correct(rini, query, number, 422, title="Kertas macet lagi", description="")
    assert errors(page) == {"description": "Ceritakan apa yang terjadi."}


def test_goods_of_another_store_are_not_offered(person, problem, query):
    number = problem()
    page = correct(person("rini"), query, number, 422, kind="T002-AC-01", **TEXTS)
    assert errors(page) == {"good": "Pilihan ini tidak tersedia."}
    correct(person("gita"), query, number, 403)
    at_umum = problem("at Umum")
    assert "T001-PRN-01 (SN1)" in options(person("gita").get(f"/problems/{at_umum}/corrections/new"), "good")


def test_what_it_names_already_stays_possible_though_it_is_offered_no_more(person, problem, query):
    old = query.one("SELECT id, kind_id FROM asset WHERE label = 'T001-PRN-00'")
    number = problem(asset_id=old["id"], asset_kind_id=old["kind_id"])
    page = person("rini").get(f"/problems/{number}/corrections/new")
    assert value(page, "good") == f"asset:{old['id']}"
    correct(person("rini"), query, number, kind="T001-PRN-00", **TEXTS)
    assert corrections(query, number)[0]["correction"].keys() == {"title", "description"}


def test_the_search_follows(person, problem, query):
    number = problem(title="Printer struk putus", description="Garisnya tebal.")
    person("koko").act(number, "comments", remark="Sudah dicoba kabelnya.")
    correct(person("rini"), query, number, kind="AC", title="Pendingin bocor", description="Air menetes.")
    person("koko").act(number, "comments", remark="Embernya penuh.")
    there = ["pendingin", "menetes", "AC", "kabelnya", "embernya", str(number)]
    asked = ["struk", "tebal", "printer", *there]
    assert [words for words in asked if numbers(person("hadi").get(f"/problems?q={words}&all=1"))] == there
    whole = "SELECT words = search_document(problem_id) AS is_whole FROM problem_search WHERE problem_id = %(id)s"
    assert query.one(whole, {"id": number})["is_whole"]


def test_the_list_of_its_kind_hears_of_it(person, problem, query, employees, moved_clock):
    number, at = problem("in_progress"), moved_clock()
    moved_clock(minutes=1)
    kind = id_of(query, "asset_kind", "AC")
    since = lambda **filters: Changes(query).since(employees["hana"], at, clock.now(), Filters(**filters))  # noqa: E731
    before = since(asset_kind_id=kind)
    correct(person("hadi"), query, number)
    assert (before.new, since(asset_kind_id=kind).new) == ([], [number])
    rows = Changes(query).since(employees["hana"], at, clock.now(), Filters(), rows=[number])
    assert rows.changed[number] == (now(query, number)["last_event_id"], "Hadi")


def test_what_was_handed_over_is_accepted_and_returned_as_before(person, problem, query):
    for noun, holder in (("acceptances", "Umum"), ("returns", "Helpdesk")):
        number = problem("escalated")
        correct(person("hadi"), query, number)
        person("gita").act(number, noun, reason="Bukan di sini.")
        page = person("hadi").get(f"/problems/{number}")
        assert facts(page)["Menunggu di"].startswith(holder)


def test_kept_counts_do_not_change(person, problem, query):
    number = problem()
    sums = "SELECT status, sum(amount) AS amount FROM tally_change GROUP BY status"
    before = query.select(sums)
    correct(person("rini"), query, number, **TEXTS)
    assert query.select(sums) == before


def test_the_schema_refuses_texts_that_change_after_opening(problem, query, employees):
    number = problem("in_progress")
    row = now(query, number)
    words = {"title": "Lain", "asset_kind_id": row["asset_kind_id"], "asset_id": None}
    with pytest.raises(Exception, match="event_corrects_texts_while_new"):
        Problems(query).correct(number, row["last_event_id"], employees["hadi"], clock.now(), words)


def test_the_schema_refuses_a_correction_of_nothing(problem, query, employees):
    number = problem()
    row = now(query, number)
    words = {"asset_kind_id": row["asset_kind_id"], "asset_id": None}
    with pytest.raises(Exception, match="event_corrects_something"):
        Problems(query).correct(number, row["last_event_id"], employees["hadi"], clock.now(), words)


def test_a_correction_is_never_dated_before_what_it_follows(problem, query, employees, moved_clock):
    moved_clock(datetime(2026, 8, 17, 3, tzinfo=UTC))
    number = problem()
    row = now(query, number)
    words = {"asset_kind_id": id_of(query, "asset_kind", "AC"), "asset_id": None}
    Problems(query).correct(number, row["last_event_id"], employees["hadi"], moved_clock(hours=-2), words)
    [times] = query.select("SELECT count(DISTINCT at) AS moments FROM event WHERE problem_id = %(id)s", {"id": number})
    assert times["moments"] == 1


def test_in_english(person, problem, query):
    number = problem()
    page = person("rini").speaks("en").get(f"/problems/{number}/corrections/new")
    assert page.h1.text == "Correct"
    page = correct(
        person("rini"), query, number, 422, kind="Printer", title="Printer macet", description="Kertas tersangkut."
    )
    assert alert(page) == "Nothing has been changed yet."
    correct(person("rini"), query, number, **TEXTS)
    assert "Corrected" in person("rini").get(f"/problems/{number}").select_one(".history").text
