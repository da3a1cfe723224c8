"""The database is unreachable: a page reloads by itself, a form keeps its text and can be sent again."""

import pytest

from tests.company import PIN
from tests.facts import alert, amount, state, without_database
from tests.form_data import report
from tests.log_records import captured_log

GONE = "Basis data sedang tidak dapat dihubungi. Silakan coba lagi sebentar lagi."


def field_values(page) -> dict[str, list[str]]:
    """The fields that the page's button sends again."""
    fields = {}
    for field in page.select("main form [name]"):
        text = field.text.removeprefix("\r\n").removeprefix("\n") if field.name == "textarea" else field["value"]
        fields.setdefault(field["name"], []).append(text)
    return fields


def press_again(somebody, page) -> None:
    """Presses "Kirim lagi"."""
    form = page.select_one("main form")
    assert form.button.text == "Kirim lagi"
    response = somebody.client.post(form["action"], data=field_values(page))
    assert response.status_code == 303, response.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/problems", "/problems/new", "/problems/{}", "/problems/{}/closures/new", "/pin/new"]
)
def test_a_page_reloads_by_itself(person, problem, pool, path):
    number, hadi = problem("in_progress"), person("hadi")
    with without_database(pool):
        page = hadi.get(path.format(number), 503)
    assert alert(page) == GONE and "Halaman ini dimuat ulang otomatis." in page.main.text
    assert page.select_one("[data-dialog] [data-dialog-closer]"), "a dialog does not reload"
    assert hadi.response.headers["Retry-After"] == "5"
    assert page.select_one("meta[http-equiv=refresh]")["content"] == "5"
    hadi.get(path.format(number))


def test_the_request_number_is_logged_with_the_reason(person, pool):
    rini = person("rini")
    with captured_log() as log, without_database(pool):
        page = rini.get("/problems", 503)
    [entry] = log.of(page.select_one("main code").text)
    assert (entry["message"], entry["status"]) == ("database gone", 503)
    assert "refused" in entry["reason"] and "error" not in entry, "One line, and no stack."
    assert "127.0.0.1" not in str(page) and "psycopg" not in str(page)


def test_a_report_keeps_its_text_and_is_stored_once(person, query, pool):
    rini, fields = person("rini"), report(query, description="Lampu merah.\n\nMenyala <b>terus</b>.")
    tokens = rini.tokens
    with without_database(pool):
        page = rini._page(rini.client.post("/problems", data={**tokens, **fields}), 503)
    assert alert(page) == GONE and "Menyala <b>terus</b>." in page.select_one("dl").text
    assert page.select_one("meta[http-equiv=refresh]") is None
    kept = {name: texts[0] for name, texts in field_values(page).items()}
    assert kept | {"csrf_token": None} == {**tokens, **fields, "csrf_token": None}, (
        "Its mask is another one on each page."
    )
    press_again(rini, page)
    press_again(rini, page)
    assert amount(query, "problem") == 1


def test_an_action_keeps_what_its_page_had_shown_and_where_it_returns(person, problem, query, pool):
    number, hadi = problem("in_progress"), person("hadi")
    fields = {**hadi.tokens, "seen": hadi.seen(number), "next": "/problems?q=x", "solution": "Kabel diganti."}
    with without_database(pool):
        page = hadi._page(hadi.client.post(f"/problems/{number}/closures", data=fields), 503)
    assert state(query, number)[0] == "in_progress"
    press_again(hadi, page)
    assert state(query, number)[0] == "closed"


def test_a_button_without_fields_can_be_pressed_again(person, problem, query, pool):
    number, gita = problem("escalated"), person("gita")
    fields = {**gita.tokens, "seen": gita.seen(number)}
    with without_database(pool):
        page = gita._page(gita.client.post(f"/problems/{number}/acceptances", data=fields), 503)
    press_again(gita, page)
    assert state(query, number) == ("in_progress", "Umum", None)


def test_a_colleague_who_was_faster_meanwhile_is_told(person, problem, pool):
    number, hadi = problem("in_progress"), person("hadi")
    fields = {**hadi.tokens, "seen": hadi.seen(number), "solution": "Kabel diganti."}
    with without_database(pool):
        page = hadi._page(hadi.client.post(f"/problems/{number}/closures", data=fields), 503)
    person("hana").act(number, "closures", solution="Sudah.")
    response = hadi.client.post(page.select_one("main form")["action"], data=field_values(page))
    assert response.status_code == 409 and "Kabel diganti." in response.get_data(as_text=True)


def test_a_pin_is_never_shown_again(person, pool):
    nobody = person(None)
    tokens = nobody.tokens
    with without_database(pool):
        page = nobody._page(nobody.client.post("/login", data={**tokens, "nik": "10000001", "pin": PIN}), 503)
    assert PIN not in str(page) and field_values(page)["nik"] == ["10000001"]


def test_the_sign_in_page_itself_needs_no_database(person, pool):
    with without_database(pool):
        assert person(None).get("/login").h1
        assert person(None).get("/problems", 302) is not None


def test_in_english(person, pool):
    nobody = person(None).speaks("en")
    with without_database(pool):
        response = nobody.client.post("/searchUserAccount", data={**nobody.tokens, "nik": "10000001"})
        page = nobody._page(nobody.client.post("/login", data={**nobody.tokens, "nik": "10000001"}), 503)
    assert response.status_code == 503 and alert(page).startswith("The database cannot be reached")
