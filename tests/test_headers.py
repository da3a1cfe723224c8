"""The headers of every page, its cookies, and that nothing in a page runs but the scripts of this server."""

import dataclasses
import re

import pytest

from sih import create_app
from tests.company import PIN
from tests.people import Person
from tests.routes import routes

NONCE = re.compile(r"script-src 'nonce-([\w-]+)'")


@pytest.fixture
def walked(person, app, problem):
    """walked("hadi"): every page that this person gets, as (path, response, page)."""
    number = problem("in_progress")

    def walk(name: str | None):
        somebody = person(name)
        for route in routes(app, "GET"):
            response = somebody.client.get(route.path(number))
            if response.mimetype == "text/html" and not response.location:
                yield route.rule, response, somebody._page(response, response.status_code)

    return walk


@pytest.fixture
def secure_app(settings, pool):
    """The application behind TLS."""
    app = create_app(dataclasses.replace(settings, public_url="https://helpdesk.example.com"))
    app.extensions["pool"] = pool
    return app


def cookies(response) -> dict[str, set[str]]:
    """The attributes of each cookie that was set, by its name."""
    parts = [cookie.split("; ") for cookie in response.headers.getlist("Set-Cookie")]
    return {first.partition("=")[0]: {part.partition("=")[0] for part in rest} for first, *rest in parts}


def signed_in(app):
    nobody = Person(app)
    nobody.post("/login", nik="10000001", pin=PIN)
    return nobody.response


@pytest.mark.parametrize("name", [None, "rini", "hadi", "susi"])
def test_every_page_says_what_may_run_in_it(walked, name):
    for path, response, page in walked(name):
        policy = response.headers["Content-Security-Policy"]
        [nonce] = NONCE.findall(policy)
        assert {script.get("nonce") for script in page.select("script")} <= {nonce}, path
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy, path


@pytest.mark.parametrize("name", [None, "rini", "hadi", "susi"])
def test_no_page_has_a_script_or_a_style_of_its_own(walked, name):
    for path, _, page in walked(name):
        assert [script for script in page.select("script") if not script.get("src") or script.text.strip()] == [], path
        assert page.select("style, [style], base, iframe, object, embed") == [], path
        handlers = [element for element in page.find_all(True) if any(a.startswith("on") for a in element.attrs)]
        assert handlers == [] and not page.select("[href^='javascript:']"), path


@pytest.mark.parametrize("name", [None, "hadi"])
def test_every_page_is_private_and_is_what_it_says(walked, name):
    for path, response, _ in walked(name):
        assert response.headers["Cache-Control"] == "private, no-cache", path
        assert response.headers["X-Content-Type-Options"] == "nosniff", path
        assert (response.headers["X-Frame-Options"], response.headers["Referrer-Policy"]) == ("DENY", "same-origin")
        assert response.content_type == "text/html; charset=utf-8"
        assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Request-Id"]), path


def test_no_number_and_no_nonce_comes_twice(person):
    client = person("rini").client
    answers = [client.get("/problems").headers for _ in range(5)]
    assert len({answer["X-Request-Id"] for answer in answers}) == 5
    assert len({answer["Content-Security-Policy"] for answer in answers}) == 5


@pytest.mark.parametrize("path", ["/tidak-ada", "/problems/999999", "/problems/new?x=%00"])
def test_a_refusal_has_them_too(person, path):
    headers = person("rini").client.get(path).headers
    assert NONCE.search(headers["Content-Security-Policy"]) and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"


def test_a_file_is_kept_for_as_long_as_its_address_stands(person):
    page, client = person(None).get("/login"), person(None).client
    places = [e.get("src") or e["href"] for e in page.select("script[src^='/static'], link[href^='/static']")]
    assert places and all("v=" in place for place in places)
    for place in places:
        response = client.get(place)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable", place
        assert response.headers["X-Content-Type-Options"] == "nosniff" and response.status_code == 200
        assert "immutable" not in client.get(place.partition("?")[0]).headers.get("Cache-Control", "")


def test_a_static_path_leads_nowhere_else(person):
    for path in ("/static/../settings.py", "/static/..%2f..%2fsettings.py", "/static/%2e%2e/__init__.py", "/static/"):
        assert person(None).client.get(path).status_code == 404, path


def test_no_script_reads_a_cookie_and_no_other_site_sends_it(app, employees):
    found = cookies(signed_in(app))
    assert {"sih", "sih_browser"} <= set(found)
    assert all({"HttpOnly", "SameSite"} <= attributes and "Secure" not in attributes for attributes in found.values())


def test_behind_tls_it_travels_by_tls_alone(secure_app):
    page = secure_app.test_client().get("/login", base_url="https://helpdesk.example.com")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert {"HttpOnly", "SameSite", "Secure"} <= cookies(page)["sih"]


def test_a_page_of_another_session_is_not_taken_from_a_cache(person, problem):
    """But for the form that one goes back to, which keeps the token of what was sent (browser/test_dialogs.py)."""
    rini, number = person("rini"), problem()
    for path in ("/problems", f"/problems/{number}", "/pin/new"):
        assert "Cookie" in rini.client.get(path).vary
    assert "Cookie" not in rini.client.get("/problems/new").vary
