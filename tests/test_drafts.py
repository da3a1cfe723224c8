"""Drafts: a form sent without a session is kept for its author, shown again, and stored when sent once more."""

import pytest

from tests import form_data
from tests.company import PIN
from tests.facts import alert, amount, id_of, state, value

RINI, HADI = "10000001", "20000001"


@pytest.fixture
def report(query) -> dict:
    """A form of Lapor Kendala, filled in."""
    return form_data.report(query)


def lose_session(somebody) -> None:
    """The browser's session is over; its page is still open, with the tokens that it had."""
    assert somebody.tokens
    somebody.client.delete_cookie("sih")


def send(somebody, path: str, tokens: dict, **fields) -> str:
    """Sends an open page's form; gives where that leads."""
    response = somebody.client.post(path, data={**tokens, **fields})
    assert response.status_code == 303
    return response.location


def sign_in_at(somebody, place: str, nik: str):
    """Signs in on the page that the form led to; gives the page that follows."""
    page = somebody.get(place)
    assert "Sesi Anda sudah berakhir" in page.text
    return somebody.post("/login", follow=True, nik=nik, pin=PIN, next=page.select_one("main [name=next]")["value"])


def shown_fields(page) -> dict:
    return {name: value(page, name) for name in ("token", "good", "title", "description")}


def send_again(somebody, page):
    """Presses the button of the form that is shown."""
    form = page.select_one("main form")
    fields = {field["name"]: value(page, field["name"]) for field in form.select("[name]:not([disabled]):not(button)")}
    return somebody.post(form["action"], **fields)


def test_a_form_sent_without_a_session_is_stored_once_after_signing_in(person, query, report):
    rini = person("rini")
    tokens = rini.tokens
    lose_session(rini)
    place = send(rini, "/problems", tokens, **report)
    assert amount(query, "problem") == 0
    page = sign_in_at(rini, place, RINI)
    assert shown_fields(page) == report
    send_again(rini, page)
    send_again(rini, page)
    assert amount(query, "problem") == 1


def test_a_draft_of_an_action_keeps_its_text_and_returns_to_the_list(person, problem, query):
    number, hadi = problem("in_progress"), person("hadi")
    tokens, seen = hadi.tokens, hadi.seen(number)
    lose_session(hadi)
    words = {"seen": seen, "solution": "Kabel diganti.", "next": "/problems?status=in_progress"}
    page = sign_in_at(hadi, send(hadi, f"/problems/{number}/closures", tokens, **words), HADI)
    assert state(query, number)[0] == "in_progress" and value(page, "solution") == "Kabel diganti."
    send_again(hadi, page)
    assert state(query, number)[0] == "closed"
    assert hadi.response.location == f"/problems?status=in_progress#p{number}"


def test_a_draft_keeps_choices(person, problem, query):
    number, hadi = problem(), person("hadi")
    tokens, category = hadi.tokens, str(id_of(query, "category", "Perangkat keras"))
    lose_session(hadi)
    words = {"category_id": category, "priority": "low", "diagnosis": "Rol aus."}
    page = sign_in_at(hadi, send(hadi, f"/problems/{number}/openings", tokens, **words), HADI)
    assert {name: value(page, name) for name in words} == words


def test_a_stale_csrf_token_saves_a_draft(person, query, report):
    rini = person("rini")
    stale = {**rini.tokens, "csrf_token": "of another session"}
    page = rini.get(send(rini, "/problems", stale, **report))
    assert page.select_one("main [role=status]").text == "Belum ada yang disimpan. Silakan tekan tombolnya sekali lagi."
    assert shown_fields(page) == report
    assert amount(query, "problem") == 0


@pytest.mark.parametrize("place", ["", "/problems?waiting=1", "//evil.example"])
def test_a_button_without_fields_returns_to_its_page(person, problem, query, place):
    number, gita = problem("escalated"), person("gita")
    stale = {**gita.tokens, "csrf_token": "x", "next": place, "seen": gita.seen(number)}
    assert send(gita, f"/problems/{number}/acceptances", stale) == (place if "waiting" in place else "/problems")
    assert state(query, number)[0] == "escalated"
    assert "tekan tombolnya sekali lagi" in gita.get("/problems").text


def test_a_draft_is_shown_only_on_the_page_of_its_form(person, problem):
    number, other, hadi = problem("in_progress"), problem("in_progress"), person("hadi")
    stale = {**hadi.tokens, "csrf_token": "x", "solution": "Kabel diganti."}
    place = send(hadi, f"/problems/{number}/closures", stale)
    assert "Kabel diganti." in hadi.get(place).text
    assert "Kabel diganti." not in hadi.get(place.replace(f"/{number}/", f"/{other}/")).text


def test_a_draft_expires_after_a_day(person, query, report, moved_clock):
    rini = person("rini")
    moved_clock()
    stale = {**rini.tokens, "csrf_token": "x"}
    old = send(rini, "/problems", stale, **report)
    moved_clock(days=1, seconds=1)
    rini.post("/login", nik=RINI, pin=PIN)
    stale = {**rini.tokens, "csrf_token": "x"}
    send(rini, "/problems", stale, **report)
    assert amount(query, "draft") == 1
    assert report["title"] not in rini.get(old).decode()


@pytest.mark.parametrize("draft", ["", "x", "0189d3a1-5b0e-4c8e-9a52-6f7a3c1d2e4b", "\x00", "1" * 5000, "' OR 1=1"])
def test_an_unknown_draft_shows_an_empty_form(person, draft):
    response = person("rini").client.get("/problems/new", query_string={"draft": draft})
    assert response.status_code == 200


def test_a_draft_is_shown_after_the_problem_changed_status(person, problem, query):
    number, hadi = problem("in_progress"), person("hadi")
    place = send(hadi, f"/problems/{number}/closures", {**hadi.tokens, "csrf_token": "x", "solution": "Kabel putus."})
    person("hana").act(number, "closures", solution="Sudah beres.")
    page = hadi.get(place, 409)
    assert "Kendala ini sudah berubah" in alert(page) and "Kabel putus." in page.main.text


def test_a_draft_is_shown_after_the_problem_changed_holder(person, problem, employees):
    number, gita = problem("at Umum"), person("gita")
    place = send(gita, f"/problems/{number}/closures", {**gita.tokens, "csrf_token": "x", "solution": "Sekring baru."})
    hana, pandu = person("hana"), employees["pandu"]
    fields = {"kind": "department", "department_id": pandu.department_id, "reason": "Salah alamat."}
    hana.act(number, "escalations", **fields, step="pic", pic_id=pandu.id)
    person("pandu").act(number, "acceptances")
    assert "Sekring baru." in gita.get(place, 403).main.text


def test_a_draft_replaces_characters_that_postgresql_cannot_store(person, query, report):
    rini = person("rini")
    stale = {**rini.tokens, **report, "csrf_token": "x", "title": "a\x00b", "description": "\u202ec\U0001f600"}
    page = rini.get(send(rini, "/problems", stale))
    assert value(page, "title") == "a\ufffdb"
    assert value(page, "description") == "\u202ec\U0001f600"
