"""Requests that no page sends: other content types, wrong encodings, odd headers and cookies. None causes a 500."""

import pytest

from tests.facts import amount
from tests.form_data import report
from tests.people import checked
from tests.routes import routes

BODIES = {
    "json": ("application/json", b'{"title": "x", "nik": ["10000001"]}'),
    "broken json": ("application/json", b'{"'),
    "text": ("text/plain", b"title=x"),
    "utf-16": ("application/x-www-form-urlencoded; charset=utf-16", "title=x&nik=10000001".encode("utf-16")),
    "latin-1": ("application/x-www-form-urlencoded; charset=latin-1", b"title=caf\xe9&nik=\xe9"),
    "raw bytes": ("application/x-www-form-urlencoded", bytes(range(256))),
    "no boundary": ("multipart/form-data", b"--x\r\n"),
    "broken multipart": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="title"\r\n'),
    "a file": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="title"; filename="../a"\r\n\r\nx\r\n--x--\r\n',
    ),
    "many fields": ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % number for number in range(5000))),
    "nothing": ("application/x-www-form-urlencoded", b""),
    "an unknown type": ("\x7f/\xff", b"x"),
}
HEADERS = {
    "language": ("Accept-Language", "*;q=9,\xff"),
    "forwarded": ("X-Forwarded-For", "' OR 1=1"),
    "referrer": ("Referer", "javascript:alert(1)"),
    "agent": ("User-Agent", "<script>" * 500),
    "method": ("X-HTTP-Method-Override", "DELETE"),
    "request": ("X-Request-Id", "<b>1</b>"),
    "range": ("Range", "bytes=9999-1"),
}


@pytest.mark.parametrize(("content_type", "content"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("name", [None, "hadi"])
def test_no_body_breaks_a_form(person, problem, app, query, name, content_type, content):
    number = problem("in_progress")
    before = amount(query, "event")
    for route in routes(app, "POST"):
        response = person(name).client.post(route.path(number), data=content, content_type=content_type)
        assert response.status_code in (400, 413), route.rule
        if route.rule == "/searchUserAccount":
            assert response.json["status"] is False
        else:
            checked(response.get_data(as_text=True))
    assert amount(query, "event") == before


@pytest.mark.parametrize(("header", "value"), HEADERS.values(), ids=HEADERS)
def test_no_header_breaks_a_page(person, header, value):
    response = person("rini").client.get("/problems", headers={header: value})
    assert response.status_code == 200
    assert "<b>1" not in response.headers["X-Request-Id"]


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "\u202e", "." * 3000, "eyJfdXNlcl9pZCI6IjE6MSJ9.x.x", '"'])
@pytest.mark.parametrize("name", ["sih", "sih_browser", "remember_token"])
def test_a_forged_cookie_is_nobody(app, query, employees, name, cookie):
    client = app.test_client()
    client.set_cookie(name, cookie)
    assert client.get("/problems").status_code == 302
    assert client.get("/login").status_code == 200


@pytest.mark.parametrize(
    "session", ["", "1", "1:", ":1", "1:2", "999999:1", "1:1:1", "²:1", "9" * 30 + ":1", "x:1", "0" * 32]
)
def test_a_session_of_nobody_is_nobody(app, employees, session):
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = session
    assert client.get("/problems").status_code == 302


@pytest.mark.parametrize("path", ["/%00", "/%ED%A0%80", "/%FF", "//", "/problems//1", "/problems/1/../2", "/x" * 2000])
def test_no_path_breaks_it(person, path):
    response = person("rini").client.get(path)
    assert response.status_code < 500
    if response.status_code == 404:
        checked(response.get_data(as_text=True))


def test_a_field_sent_by_multipart_counts_as_one_of_the_form(person, query):
    rini = person("rini")
    fields = {**rini.tokens, **report(query)}
    assert rini.client.post("/problems", data=fields, content_type="multipart/form-data").status_code == 303
    assert amount(query, "problem") == 1
