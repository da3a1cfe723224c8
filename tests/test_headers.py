"""The headers of every page, its cookies, and that nothing in a page runs but the scripts of this server."""

import dataclasses
import re

import pytest
from bs4 import BeautifulSoup

from sih import create_app
from sih.background.worker import Worker
from sih.dao.problem_exports import ProblemExports
from sih.domain import clock
from sih.masters import NOUNS
from tests.company import PIN
from tests.people import Person
from tests.routes import routes

LABELLED = """
INSERT INTO asset (label, kind_id, store_id) SELECT 'A-1', min(k.id), 1 FROM asset_kind k
"""
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
def test_every_page_has_a_content_security_policy(walked, name):
    for path, response, page in walked(name):
        policy = response.headers["Content-Security-Policy"]
        [nonce] = NONCE.findall(policy)
        assert {script.get("nonce") for script in page.select("script")} <= {nonce}, path
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy, path


@pytest.mark.parametrize("name", [None, "rini", "hadi", "susi"])
def test_no_page_has_inline_scripts_or_styles(walked, name):
    for path, _, page in walked(name):
        assert [script for script in page.select("script") if not script.get("src") or script.text.strip()] == [], path
        assert page.select("style, [style], base, iframe, object, embed") == [], path
        handlers = [element for element in page.find_all(True) if any(a.startswith("on") for a in element.attrs)]
        assert handlers == [] and not page.select("[href^='javascript:']"), path


@pytest.mark.parametrize("name", [None, "hadi"])
def test_every_page_is_private_and_declares_its_type(walked, name):
    for path, response, _ in walked(name):
        assert response.headers["Cache-Control"] == "private, no-cache", path
        assert response.headers["X-Content-Type-Options"] == "nosniff", path
        assert (response.headers["X-Frame-Options"], response.headers["Referrer-Policy"]) == ("DENY", "same-origin")
        assert response.content_type == "text/html; charset=utf-8"
        assert re.fullmatch(r"[0-9a-f]{16}", response.headers["X-Request-Id"]), path


DOWNLOADS = {
    "adi": [
        *(f"/exports?noun={noun.name}&format={form}" for noun in NOUNS for form in ("xlsx", "csv")),
        "/exports?noun=store&format=xlsx&template=1",
        "/stores/1/labels",
    ],
    "susi": [f"/recap-files?period=2026&format={form}" for form in ("xlsx", "csv", "pdf")],
}


def test_every_download_is_private(person, problem, query):
    problem()
    query.execute(LABELLED)
    for name, paths in DOWNLOADS.items():
        for path in paths:
            response = person(name).client.get(path)
            assert response.status_code == 200 and response.mimetype != "text/html", path
            assert response.headers["Cache-Control"] == "private, no-cache", path


def test_an_export_of_problems_is_private(person, query, pool, employees):
    number = ProblemExports(query).add(employees["susi"], "csv", {}, clock.now())
    assert Worker(pool).step()
    response = person("susi").client.get(f"/problem-exports/{number}?file")
    assert response.mimetype == "text/csv" and response.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("name", [None, "rini", "hadi", "susi", "adi"])
def test_only_static_files_may_be_cached_publicly(person, app, problem, name):
    number = problem("in_progress")
    for route in routes(app, "GET"):
        response = person(name).client.get(route.path(number))
        assert response.headers["Cache-Control"] in ("private, no-cache", "no-store"), route.rule


@pytest.mark.parametrize("name", [None, "rini", "adi"])
def test_a_wrong_method_is_answered_with_the_allowed_methods(person, app, problem, name):
    number = problem("in_progress")
    for route in routes(app):
        path = route.path(number, row=1)
        taken = {m for other in routes(app) if other.path(number, row=1) == path for m in other.methods}
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - taken:
            response = person(name).client.open(path, method=method, data=person(name).tokens)
            assert (response.status_code, set(response.allow)) == (405, taken), (method, path)


def test_the_policy_names_the_cdn_only_where_it_is_used(person, settings, pool):
    assert "jsdelivr" not in person("rini").client.get("/problems").headers["Content-Security-Policy"]
    other = create_app(dataclasses.replace(settings, bootstrap_serve_local=False))
    other.extensions["pool"] = pool
    response = other.test_client().get("/login")
    assert "style-src 'self' https://cdn.jsdelivr.net;" in response.headers["Content-Security-Policy"]
    assert "https://cdn.jsdelivr.net" in response.text


def test_request_numbers_and_nonces_are_unique(person):
    client = person("rini").client
    answers = [client.get("/problems").headers for _ in range(5)]
    assert len({answer["X-Request-Id"] for answer in answers}) == 5
    assert len({answer["Content-Security-Policy"] for answer in answers}) == 5


@pytest.mark.parametrize("path", ["/tidak-ada", "/problems/999999", "/problems/new?x=%00"])
def test_error_pages_have_the_headers(person, path):
    headers = person("rini").client.get(path).headers
    assert NONCE.search(headers["Content-Security-Policy"]) and headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"


def test_static_files_are_cached_for_ever_under_their_versioned_address(person):
    page, client = person(None).get("/login"), person(None).client
    places = [e.get("src") or e["href"] for e in page.select("script[src^='/static'], link[href^='/static']")]
    assert places and all("v=" in place for place in places)
    for place in places:
        response = client.get(place)
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable", place
        assert response.headers["X-Content-Type-Options"] == "nosniff" and response.status_code == 200
        assert "immutable" not in client.get(place.partition("?")[0]).headers.get("Cache-Control", "")


def test_a_static_path_cannot_leave_its_folder(person):
    for path in ("/static/../settings.py", "/static/..%2f..%2fsettings.py", "/static/%2e%2e/__init__.py", "/static/"):
        assert person(None).client.get(path).status_code == 404, path


def test_cookies_are_http_only_and_same_site(app, employees):
    found = cookies(signed_in(app))
    assert {"sih", "sih_browser"} <= set(found)
    assert all({"HttpOnly", "SameSite"} <= attributes and "Secure" not in attributes for attributes in found.values())


def test_behind_tls_cookies_are_secure_and_hsts_is_sent(secure_app):
    page = secure_app.test_client().get("/login", base_url="https://helpdesk.example.com")
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert {"HttpOnly", "SameSite", "Secure"} <= cookies(page)["__Host-sih"]


def test_behind_tls_cookies_have_the_host_prefix(secure_app):
    """`__Host-` holds for Secure, Path=/ and no Domain alone; a browser drops any other (RFC 6265bis, 4.1.3.2)."""
    client, place = secure_app.test_client(), {"base_url": "https://helpdesk.example.com"}
    page = BeautifulSoup(client.get("/login", **place).text, "html.parser")
    token = page.select_one("[name=csrf_token]")["value"]
    fields = {"csrf_token": token, "nik": "10000001", "pin": PIN}
    # Flask-WTF asks a form that came by TLS where it comes from only if it is told to.
    response = client.post("/login", data=fields, **place)
    lines = response.headers.getlist("Set-Cookie")
    assert {line.partition("=")[0] for line in lines} == {"__Host-sih", "__Host-sih_browser"}
    assert all("; Secure" in line and "; Path=/" in line and "omain=" not in line for line in lines)
    assert client.get("/problems", **place).status_code == 200
    client.delete_cookie("__Host-sih", domain="helpdesk.example.com")
    client.set_cookie("sih", lines[0].partition("=")[2].partition(";")[0], domain="helpdesk.example.com")
    assert client.get("/problems", **place).status_code == 302


def test_pages_of_another_session_are_not_served_from_the_cache(person, problem):
    """But for the form that one goes back to, which keeps the token of what was sent (browser/test_dialogs.py)."""
    rini, number = person("rini"), problem()
    for path in ("/problems", f"/problems/{number}", "/pin/new"):
        assert "Cookie" in rini.client.get(path).vary
    assert "Cookie" not in rini.client.get("/problems/new").vary
