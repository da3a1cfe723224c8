"""Refusals and failures: an error page has a plain sentence and the request number of the log, and no internals."""

import re

import pytest

from sih.dao.problem_lists import ProblemLists
from tests.facts import alert, errors, value
from tests.form_data import report
from tests.log_records import captured_log

INSIDE = re.compile(r"SELECT|INSERT|psycopg|Traceback|RuntimeError|\.py\b|sih/|/site-packages|secret", re.ASCII)
TOO_LARGE = "x" * 500_001
HIDDEN = "Halaman tidak ditemukan, atau Anda tidak berhak melihatnya."
FORBIDDEN = "Anda tidak berwenang melakukan ini."
METHOD = "Halaman ini tidak dapat dibuka dengan cara itu."
STALE = "Kendala ini sudah berubah sejak halaman Anda dibuka. Belum ada yang disimpan."
LARGE = (
    "Yang Anda kirim terlalu besar. Batasnya 500 kB, untuk impor 25 MB, untuk formulir dengan foto 110 MB. "
    "Belum ada yang disimpan."
)
# Who asks how for what ({} is a problem of Rini's, in progress): status, sentence, and the same in English.
REFUSALS = {
    "no such page": ("rini", "GET", "/tidak-ada", 404, HIDDEN),
    "no such problem": ("hadi", "GET", "/problems/999999", 404, HIDDEN),
    "not signed in, no such page": (None, "GET", "/tidak-ada", 404, HIDDEN),
    "hidden": ("sari", "GET", "/problems/{}", 404, HIDDEN),
    "an action on what is hidden": ("sari", "POST", "/problems/{}/comments", 404, HIDDEN),
    "wrong role": ("rini", "GET", "/problems/{}/closures/new", 403, FORBIDDEN),
    "wrong role, sent": ("rini", "POST", "/problems/{}/closures", 403, FORBIDDEN),
    "not the holder": ("gita", "GET", "/problems/{}/closures/new", 403, FORBIDDEN),
    "no longer so": ("hadi", "GET", "/problems/{}/openings/new", 409, STALE),
    "wrong method": ("hadi", "GET", "/problems/{}/closures", 405, METHOD),
}


@pytest.fixture
def log():
    with captured_log() as log:
        yield log


def number_of(page) -> str:
    return page.select_one("main code").text


def ask(somebody, method: str, path: str, status: int):
    return somebody.get(path, status) if method == "GET" else somebody.post(path, status)


@pytest.mark.parametrize(("name", "method", "path", "status", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_an_error_page_has_a_sentence_and_a_request_number(person, problem, log, name, method, path, status, sentence):
    page = ask(person(name), method, path.format(problem("in_progress")), status)
    assert alert(page) == sentence and f"Kode {status}" in page.main.text
    assert number_of(page) == person(name).response.headers["X-Request-Id"]
    assert [line["status"] for line in log.of(number_of(page)) if line["message"] == "request"] == [status]
    assert not INSIDE.search(page.main.text)


@pytest.mark.parametrize(
    ("name", "path", "status", "sentence"),
    [
        ("sari", "/problems/{}", 404, "This page was not found, or you may not see it."),
        ("rini", "/problems/{}/closures/new", 403, "You are not allowed to do this."),
        ("hadi", "/problems/{}/closures", 405, "This page cannot be opened that way."),
    ],
)
def test_in_english(person, problem, name, path, status, sentence):
    page = person(name).speaks("en").get(path.format(problem("in_progress")), status)
    assert alert(page) == sentence and "Request number" in page.main.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("id", LARGE),
        ("en", "What you sent is too large. The limit is 500 kB, for an import 25 MB, for a form with photos 110 MB."),
    ],
)
def test_a_form_that_is_too_large_is_answered_with_a_page(person, query, language, sentence):
    page = person("rini").speaks(language).post("/problems", 413, **report(query, description=TOO_LARGE))
    assert alert(page).startswith(sentence) and number_of(page)
    assert query.one("SELECT count(*) AS amount FROM problem")["amount"] == 0


@pytest.mark.parametrize("name", [None, "hadi"])
def test_a_large_form_is_refused_on_every_route_that_takes_one(person, problem, name):
    number = problem("in_progress")
    for path in ("/login", "/searchUserAccount", "/language", "/pin", f"/problems/{number}/closures"):
        response = person(name).client.post(path, data={"nik": TOO_LARGE})
        assert response.status_code == 413, path
        response = person(name).client.post(path, data={"nik": TOO_LARGE}, content_type="multipart/form-data")
        assert response.status_code == 413, path


@pytest.mark.parametrize("length", [5001, 20_000, 400_000])
def test_a_text_over_its_maximum_is_shown_again(person, query, length):
    text = "x" * (length - 1) + "y"
    page = person("rini").post("/problems", 422, **report(query, description=text))
    assert errors(page) == {"description": f"Paling banyak 5000 karakter; ini kelebihan {length - 5000}."}
    assert value(page, "description") == text


def test_a_form_without_a_session_says_that_the_session_is_over(person, log):
    response = person(None).client.post("/problems", data={"title": "x"})
    page = person(None)._page(response, 400)
    assert alert(page).startswith("Sesi Anda sudah berakhir.")
    assert log.of(number_of(page))[0]["status"] == 400


def test_an_unexpected_error_is_a_page_with_a_request_number(person, log, monkeypatch):
    def fail(*_):
        raise RuntimeError("SELECT secret FROM /srv/sih/file.py")

    monkeypatch.setattr(ProblemLists, "page", fail)
    page = person("rini").get("/problems", 500)
    assert alert(page) == "Terjadi kesalahan pada sistem. Belum tentu ada yang disimpan."
    assert not INSIDE.search(str(page.main)) and "Traceback" not in str(page)
    [entry, *_] = log.of(number_of(page))
    assert entry["level"] == "ERROR" and "RuntimeError: SELECT secret" in entry["error"]


def test_an_unexpected_error_in_english(person, monkeypatch):
    rini = person("rini").speaks("en")
    monkeypatch.setattr(ProblemLists, "page", lambda *_: 1 // 0)
    assert alert(rini.get("/problems", 500)).startswith("Something went wrong")
