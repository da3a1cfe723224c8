"""A draft belongs to its author: no other account, address or forged author token finds it; it holds no secret."""

import pytest

from tests import form_data
from tests.company import PIN
from tests.facts import amount
from tests.test_drafts import lose_session, send, sign_in_at


@pytest.fixture
def report(query) -> dict:
    return form_data.report(query)


def test_another_employee_does_not_see_a_draft(person, query, report):
    rini = person("rini")
    tokens = rini.tokens
    lose_session(rini)
    page = sign_in_at(rini, send(rini, "/problems", tokens, **report), "10000002")
    assert page.h1.text == "Lapor Kendala" and "Koko" in page.header.text
    assert report["title"] not in page.decode() and report["description"] not in page.decode()


def test_another_employee_cannot_open_a_draft_by_its_address(person, report):
    rini = person("rini")
    place = send(rini, "/problems", {**rini.tokens, "csrf_token": "x"}, **report)
    assert report["title"] in rini.get(place).decode()
    for name in ("koko", "hadi", "adi"):
        assert report["title"] not in person(name).get(place).decode()


def test_a_form_opened_by_another_account_is_not_stored(person, query, report):
    stale = {**person("rini").tokens, "csrf_token": "x"}
    response = person("koko").client.post("/problems", data={**stale, **report})
    assert response.status_code == 400 and report["title"] not in response.text
    assert "Formulir ini dibuat untuk akun lain." in response.text
    assert amount(query, "problem") == 0


@pytest.mark.parametrize("author", ["", "1", "1.forged", "\x00", "WyJ4Il0.x"])
def test_a_forged_author_token_stores_no_draft(person, query, report, author):
    rini = person("rini")
    rini.client.delete_cookie("sih")
    response = rini.client.post("/problems", data={**report, "csrf_token": "x", "author": author})
    assert response.status_code == 400
    assert amount(query, "draft") == amount(query, "problem") == 0


def test_secrets_are_never_stored_in_a_draft(person, query, employees, problem):
    rini, new = person("rini"), "508213"
    stale = {**rini.tokens, "csrf_token": "x"}
    send(rini, "/pin", stale, pin=PIN, new_pin=new, repeated_pin=new, code="ABCDEFGHJK")
    kept = query.one("SELECT fields FROM draft")["fields"]
    assert not any(secret in kept for secret in (PIN, new, "ABCDEFGHJK", stale["author"], "csrf"))
