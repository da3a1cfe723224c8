"""The cost of any input grows linearly with its length: twice the length, about twice the time.

Processor time of this thread, not the clock on the wall: a busy machine does not change it."""

import time
import unicodedata
from urllib.parse import quote, urlencode

import pytest

from sih.domain.text import clean
from sih.forms import master_filters
from sih.sheets import cells
from tests.routes import routes
from tests.test_hostile_input import FORMS, base

MARKS = "\u0316\u0301"  # NFC sorts these, two by two
PATTERNS = {
    "marks": MARKS,
    "one mark": "\u0301",
    "marks that come apart": "\u0344",
    "marks that say they are none": "\u0f73",
    "letters with marks": "e\u0301",
    "jamo": "\u1100\u1161\u11a8",
    "sharp s": "ß",
    "blanks": " ",
    "unseen": "\u200b ",
    "dashes": "-",
    "digits": "9",
    "words": "a ",
    "lines": "\r\n",
    "controls": "\x00",
    "pairs": "\ud800",
}
LENGTH = 100_000  # letters
MOST = 2.0  # seconds of the processor, about ten times what it takes


def seconds(work, *arguments) -> float:
    began = time.thread_time()
    work(*arguments)
    return time.thread_time() - began


def grows_in_proportion(work, once, twice) -> bool:
    """Whether twice as much takes less than three times as long; the best of three, as other work disturbs caches."""
    first, second = (min(seconds(work, text) for _ in range(3)) for text in (once, twice))
    return second < 3 * first + 0.01


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_cleaning_takes_linear_time(pattern):
    once = "1" + pattern * (LENGTH // len(pattern))
    assert seconds(clean, once) < MOST
    assert grows_in_proportion(clean, once, once + once[1:])


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
@pytest.mark.parametrize("kind", ["text", "code", "date"])
def test_reading_a_cell_takes_linear_time(pattern, kind):
    def parse(text: str) -> None:
        cells.parse(cells.text_of(text), kind)

    once = "1" + pattern * (LENGTH // len(pattern))
    assert seconds(parse, once) < MOST
    assert grows_in_proportion(parse, once, once + once[1:])


@pytest.mark.parametrize("text", ["e\u0301", "a\u0316\u0301", "\u1100\u1161", "cafe\u0301 " + "e" + "\u0301" * 30])
def test_what_people_write_is_normalised_as_before(text):
    assert clean(text)[:1] in ("é", "á", "가", "c") and "\u034f" not in clean(text)


def test_no_character_of_unicode_makes_a_longer_run_of_marks():
    """All that come apart or are marks, many of each: after cleaning, no run is longer than what NFC sorts at once."""
    letters = [chr(n) for n in range(0x110000) if unicodedata.decomposition(chr(n)) or unicodedata.combining(chr(n))]
    assert len(letters) > 6000
    for letter in letters:
        apart = unicodedata.normalize("NFD", clean("a" + letter * 100))
        runs = "".join("m" if unicodedata.combining(c) else " " for c in apart).split()
        assert max(map(len, runs), default=0) <= 32, hex(ord(letter))


def test_a_run_of_marks_that_nobody_writes_is_divided_and_stays_as_it_is():
    once = clean("a" + "\u0316" * 100)
    assert once.count("\u0316") == 100 and once.count("\u034f") == 3
    assert clean(once) == once


def test_a_search_is_cut_before_the_database_takes_it_apart():
    assert len(master_filters.words_of("a " * 100_000)) <= 100


FIELDS = [(endpoint, name) for endpoint, (_, _, names) in FORMS.items() for name in names]


@pytest.mark.parametrize(("endpoint", "field"), FIELDS, ids=[f"{endpoint}-{field}" for endpoint, field in FIELDS])
def test_no_field_of_a_form_costs_disproportionate_time(person, problem, app, query, endpoint, field):
    """200 kB of marks, and 400 kB of words, in each field of each form."""
    name, state, _ = FORMS[endpoint]
    [route] = [route for route in routes(app, "POST") if route.endpoint == endpoint]
    number, somebody = problem(state) if state else 0, person(name)
    fields = {**somebody.tokens, **base(query, endpoint), "seen": somebody.seen(number) if number else "1"}
    path = route.path(number, row=1)
    for hostile in ("a" + MARKS * (LENGTH // 2), "a " * 200_000):
        body = urlencode({**fields, field: hostile}, safe=" ") if hostile[1] == " " else None
        content = body.replace(" ", "+") if body else "&".join([urlencode(fields), f"{field}={_as_bytes(hostile)}"])
        spent = seconds(lambda content=content: _send(somebody, path, content))
        assert spent < MOST, (endpoint, field, spent)


def _as_bytes(text: str) -> str:
    """As it may stand in a body unquoted: 2 bytes a mark instead of 6."""
    return text.encode().decode("latin-1")


def _send(somebody, path: str, content: str) -> None:
    kind = "application/x-www-form-urlencoded"
    response = somebody.client.post(path, data=content.encode("latin-1"), content_type=kind)
    assert response.status_code < 500, response.text


def test_a_text_that_is_too_long_is_shown_again_to_be_shortened(person, query):
    fields = {**base(query, "problems.create"), "description": "a" * 5001}
    page = person("rini").post("/problems", 422, **fields)
    assert "Paling banyak 5000 karakter; ini kelebihan 1." in page.text
    assert page.select_one("[name=description]").text.strip() == "a" * 5001


@pytest.mark.parametrize("name", [None, "hadi", "susi", "adi"])
def test_an_address_that_is_too_long_is_refused(person, app, name):
    hostile = {"q": MARKS * 4_000, "store": "a " * 8000, "after": "9" * 200_000, "next": "/" + "x" * 20_000}
    for key, text in hostile.items():
        for path in ("/problems", "/login", "/problems/new", "/audits", "/employees"):
            response = person(name).client.get(f"{path}?{key}={quote(text)}")
            assert response.status_code == 414
            assert "Alamat ini terlalu panjang: paling banyak 8000 byte, kelebihan " in response.text


@pytest.mark.parametrize(
    "path", ["/x" * 10_000, "/x" + "/" * 100_000, "/problems/" + "9" * 20_000, "/static/" + "../" * 9000]
)
def test_a_path_that_is_too_long_is_refused(person, path):
    spent = seconds(lambda: person("rini").client.get(path))
    assert person("rini").client.get(path).status_code == 414 and spent < MOST


def test_a_number_beyond_an_integer_is_not_found(person):
    assert person("rini").client.get("/problems/" + "9" * 5000).status_code == 404


@pytest.mark.parametrize(
    "header",
    ["Cookie", "User-Agent", "Accept", "Accept-Language", "Range", "If-None-Match", "X-Forwarded-For", "Referer"],
)
@pytest.mark.parametrize("pattern", ["a=b; ", "x,", '"', "\\", " ", ";q=1,"])
def test_headers_that_are_too_long_are_refused(app, header, pattern):
    client = app.test_client(use_cookies=False)  # else its own cookies replace this header
    headers = {header: pattern * (LENGTH // len(pattern))}
    spent = seconds(lambda: client.get("/login", headers=headers))
    assert client.get("/login", headers=headers).status_code == 431 and spent < MOST


@pytest.mark.parametrize("name", [None, "rini"])
def test_a_form_of_thousands_of_fields_is_refused(person, name):
    somebody = person(name)
    for content in ("a&" * 200_000, "&".join(f"f{number}=x" for number in range(5_000)), "csrf_token=x&" * 30_000):
        spent = seconds(lambda content=content: somebody.client.post("/login", data=content, content_type=FORM))
        assert somebody.client.post("/login", data=content, content_type=FORM).status_code == 413 and spent < MOST


FORM = "application/x-www-form-urlencoded"
