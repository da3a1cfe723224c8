"""The log: one line of JSON a request with its number; a PIN, a code or what somebody wrote never stands in it."""

import json
from datetime import datetime

import pytest

from tests.company import PIN
from tests.facts import without_database
from tests.log_records import captured_log

SECRETS = {"pin": "975313", "new_pin": "864202", "repeated_pin": "753191", "code": "KODERAHASIA"}


@pytest.fixture
def log():
    with captured_log() as log:
        yield log


def test_a_request_is_one_line_with_its_number(person, log):
    rini = person("rini")
    rini.get("/problems?q=rahasia")
    [line] = log.of(rini.response.headers["X-Request-Id"])
    assert (line["method"], line["path"], line["status"]) == ("GET", "/problems", 200)
    assert (line["level"], line["logger"], line["message"]) == ("INFO", "sih", "request")
    assert line["ms"] >= 0 and datetime.strptime(line["at"], "%Y-%m-%dT%H:%M:%S%z")


def test_every_line_is_json_in_ascii_on_one_line(person, log):
    person(None).client.get("/tidak-ada/\u202eabc\nx%0a{}'\"")
    assert "\n" not in log.text and log.text.isascii()
    assert json.loads(log.text)["status"] == 404


def test_what_was_searched_or_written_is_not_logged(person, problem, log):
    number = problem()
    person("rini").get("/problems?q=katarahasia")
    person("rini").act(number, "comments", remark="Isi rahasia.")
    assert "rahasia" not in log.text


def test_no_secret_is_logged_whatever_happens(person, log, pool):
    nobody, rini = person(None), person("rini")
    for somebody in (nobody, rini):
        for path in ("/login", "/activations", "/pin", "/searchUserAccount", "/logout"):
            somebody.client.post(path, data={**somebody.tokens, "nik": "10000001", **SECRETS})
            somebody.client.post(path, data={"nik": "10000001", **SECRETS})
    tokens = rini.tokens
    with without_database(pool):
        rini.client.post("/pin", data={**tokens, **SECRETS})
    assert log.lines and not any(secret in log.text for secret in (*SECRETS.values(), tokens["csrf_token"]))


def test_no_secret_of_a_sign_in_that_succeeds_is_logged(person, log):
    nobody = person(None)
    nobody.post("/login", nik="10000001", pin=PIN)
    session = nobody.client.get_cookie("sih").value
    assert PIN not in log.text and session not in log.text


def test_a_failure_is_logged_with_its_reason_and_number(person, log, pool):
    rini = person("rini")
    with without_database(pool):
        rini.get("/problems", 503)
    lines = log.of(rini.response.headers["X-Request-Id"])
    assert [(line["level"], line["status"]) for line in lines] == [("ERROR", 503)]
    assert "Connection refused" in lines[0]["reason"] and "error" not in lines[0]
    assert "only-for-tests" not in log.text


def test_files_are_not_logged(person, log):
    person(None).client.get("/static/css/sih.css")
    assert log.lines == []
