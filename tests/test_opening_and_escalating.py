""" "Simpan dan alihkan": opened and handed over by one form of two steps, without JavaScript. Nothing is stored before
the second step is sent."""

import pytest

from tests.facts import alert, amount, errors, events, state, value
from tests.form_data import escalation, opening

USUAL = """
UPDATE category SET priority = 'high', division_id = (SELECT id FROM division WHERE name = %(division)s)
WHERE name = 'Perangkat keras'
"""


@pytest.fixture
def fill(query):
    """fill(place, **others): both steps."""
    return lambda place, **others: {**opening(query), **escalation(query, place), **others}


def send(person, number: int, fields: dict, status: int = 303, name: str = "hadi"):
    return person(name).act(number, "escalations", status, **fields)


def first_step(person, query, number: int, status: int = 200, **others):
    return send(person, number, opening(query, step="open", **others), status)


def test_the_button_stands_beside_simpan(person, problem):
    number = problem()
    page = person("hadi").get(f"/problems/{number}/openings/new")
    button = page.find("button", string="Simpan dan alihkan")
    assert button["formaction"] == f"/problems/{number}/escalations"
    assert [one.text for one in page.select(".action button.btn-primary")] == ["Simpan"]


def test_the_first_step_stores_nothing_and_its_page_carries_the_fields(person, problem, query):
    number = problem()
    page = first_step(person, query, number)
    assert page.h1.text == "Penyelesaian"
    carried = {name: str(text) for name, text in opening(query).items()}
    assert {name: value(page, name) for name in carried} == carried
    assert page.select_one("[name=reason]").text.strip() == "Rol aus."
    assert state(query, number)[0] == "new" and amount(query, "event") == 1


@pytest.mark.parametrize(
    ("usual", "kind", "division"), [("Umum", "Umum", None), ("Jaringan", "IT", "Jaringan"), (None, None, None)]
)
def test_the_usual_division_of_the_category_is_proposed(person, problem, query, usual, kind, division):
    query.execute(USUAL, {"division": usual})
    page = first_step(person, query, problem())
    chosen = [option.text for option in page.select("main select:not([disabled]) option[selected]")]
    assert chosen == [words for words in (kind and f"Divisi {kind}", division) if words]
    assert not kind or value(page, "reason") == "Rol aus."


def test_the_usual_priority_is_proposed_without_scripts_too(person, problem, query):
    query.execute(USUAL, {"division": "Umum"})
    number = problem()
    for noun in ("openings", "escalations"):
        page = person("hadi").act(number, noun, 422, **opening(query, priority=""))
        assert list(errors(page)) == ["priority"] and value(page, "priority") == "high"


@pytest.mark.parametrize("left_out", ["category_id", "priority", "diagnosis"])
def test_an_incomplete_identification_stays_at_the_first_step(person, problem, query, left_out):
    page = first_step(person, query, problem(), 422, **{left_out: ""})
    assert page.h1.text == "Buka Kendala" and list(errors(page)) == [left_out]
    assert alert(page) == "Harap isi form dengan benar!"


@pytest.mark.parametrize(
    ("place", "division", "pic"),
    [("Umum", "Umum", None), ("Jaringan", "Jaringan", None), ("Pandu", "Aplikasi", "Pandu")],
)
def test_the_second_step_stores_both_events(person, problem, query, fill, place, division, pic):
    number = problem()
    send(person, number, fill(place))
    assert state(query, number) == ("escalated", division, pic)
    assert events(query, number, "opened")[0]["note"] == "Rol aus."
    assert events(query, number, "escalated")[0]["note"] == "Perlu teknisi."
    page = person("hadi").get(f"/problems/{number}")
    assert f"Kendala #{number} dibuka dan dialihkan." in page.main.text


def test_a_department_leads_to_its_pics_and_back_with_everything_carried(person, problem, query, fill):
    number = problem()
    for step in ("", "back", "kind"):
        page = send(person, number, fill("department", step=step), 200)
        assert value(page, "diagnosis") == "Rol aus." and value(page, "reason") == "Perlu teknisi."
    assert state(query, number)[0] == "new"


def test_back_to_the_identification_keeps_what_was_typed(person, problem, query, fill):
    number = problem()
    page = send(person, number, fill("Umum", step="kind"), 200)
    back = page.find("button", string="« Kembali ke identifikasi")
    assert back["formaction"] == f"/problems/{number}/openings"
    page = person("hadi").act(number, "openings", 200, **fill("Umum", step="back"))
    assert page.h1.text == "Buka Kendala" and value(page, "diagnosis") == "Rol aus."
    assert state(query, number)[0] == "new"


@pytest.mark.parametrize(
    ("field", "message"), [("kind", "Harap isi form kosong!"), ("reason", "Harap isi form kosong!")]
)
def test_an_incomplete_second_step_stores_nothing(person, problem, query, fill, field, message):
    number = problem()
    page = send(person, number, fill("Umum", **{field: ""}), 422)
    assert alert(page) == message and value(page, "diagnosis") == "Rol aus."
    assert state(query, number)[0] == "new"


def test_handing_over_to_the_helpdesk_itself_is_refused(person, problem, query, fill):
    number = problem()
    page = send(person, number, fill("Helpdesk"), 422)
    assert errors(page) == {"kind": "Kendala ini sudah berada di sana."}
    assert state(query, number)[0] == "new"


@pytest.mark.parametrize("name", ["rini", "koko", "sari", "susi", "adi", "iwan", "gita", "pandu"])
def test_everybody_else_is_refused(person, problem, query, fill, name):
    number = problem()
    send(person, number, fill("Umum"), 403, name)
    assert state(query, number)[0] == "new"


def test_a_double_click_acts_once(person, problem, query, fill):
    number = problem()
    fields = fill("Umum", seen=person("hadi").seen(number))
    for _ in range(2):
        send(person, number, fields)
    assert len(events(query, number, "opened")) == len(events(query, number, "escalated")) == 1


def test_a_stale_form_keeps_everything_that_was_chosen_and_can_be_closed(person, problem, query, fill):
    number = problem()
    seen = person("hana").seen(number)
    send(person, number, fill("Umum"))
    page = send(person, number, fill("Pandu", seen=seen, next="/problems?status=new"), 409, "hana")
    kept = dict(zip([one.text for one in page.select("dt")], [one.text for one in page.select("dd")], strict=True))
    assert kept == {
        "Kategori": "Perangkat keras",
        "Prioritas": "Tinggi",
        "Jenis penyelesaian": "Departemen",
        "Departemen": "Kasir",
        "PIC": "Pandu (0)",
        "Diagnosis": "Rol aus.",
        "Alasan": "Perlu teknisi.",
    }
    assert page.find("a", string="Tutup")["href"] == "/problems?status=new"


def test_a_lost_session_finds_both_steps_again(person, problem, query, fill):
    number, hadi = problem(), person("hadi")
    fields = {**hadi.tokens, **fill("Umum", seen=hadi.seen(number))}
    with hadi.client.session_transaction() as session:
        kept = dict(session)
        session.clear()
    hadi.client.post(f"/problems/{number}/escalations", data=fields)
    draft = query.one("SELECT id FROM draft")["id"]
    with hadi.client.session_transaction() as session:
        session.update(kept)
    page = hadi.get(f"/problems/{number}/escalations/new?draft={draft}")
    assert (value(page, "diagnosis"), value(page, "reason")) == ("Rol aus.", "Perlu teknisi.")
    assert state(query, number)[0] == "new"


def test_in_english(person, problem, query, fill):
    number = problem()
    page = person("hadi").speaks("en").get(f"/problems/{number}/openings/new")
    assert page.find("button", string="Save and hand over")
    send(person, number, fill("Umum"))
    assert f"Problem #{number} was opened and handed over." in person("hadi").get(f"/problems/{number}").main.text
