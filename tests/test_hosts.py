"""Pages are served under the names of this installation alone; no answer leads to, or repeats, another one."""

import dataclasses
from urllib.parse import urlsplit

import pytest

from sih import create_app
from tests.routes import routes

FOREIGN = ["evil.example", "evil.example:80", "helpdesk.example.com.evil.example", "evil.example\\localhost",
           "localhost@evil.example", "[::1].evil.example", "", "[::2]",
           "127.0.0.1.evil.example", "x" * 5000]  # fmt: skip


@pytest.fixture
def served(settings, pool):
    """served(public_url=...): a client of an application with these settings."""

    def make(**more):
        app = create_app(dataclasses.replace(settings, **more))
        app.extensions["pool"] = pool
        return app.test_client()

    return make


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize(
    "path", ["/login", "/problems", "/static/css/sih.css", "/static//x", "/no-page", "//evil.example"]
)
def test_an_unknown_host_is_refused_and_not_echoed(served, host, path):
    response = served(public_url="https://helpdesk.example.com").get(path, headers={"Host": host})
    assert (response.status_code, response.mimetype, response.location) == (400, "text/plain", None)
    assert not host or host not in response.text + str(response.headers)


@pytest.mark.parametrize("host", ["HELPDESK.example.com", "Helpdesk.Example.Com:443", "LOCALHOST"])
def test_host_names_are_case_insensitive(served, host):
    assert served(public_url="https://helpdesk.example.com").get("/login", headers={"Host": host}).status_code == 200


def test_an_unknown_host_is_refused_in_json_by_search_user_account(served):
    response = served().post("/searchUserAccount", data={"nik": "1"}, headers={"Host": "evil.example"})
    assert response.status_code == 400 and response.json["status"] is False


def test_a_form_from_another_host_stores_nothing(served):
    response = served().post("/language", data={"language": "en"}, headers={"Host": "evil.example"})
    assert response.status_code == 400 and "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "host",
    ["helpdesk.example.com", "helpdesk.example.com:8443", "localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080"]
    + ["[::1]", "10.0.0.5", "a.toko.example", "toko.example:80", "[fd00::5]:8080"],
)
def test_configured_hosts_are_served(served, host):
    trusted = ("10.0.0.5", ".toko.example", "fd00::5")
    client = served(public_url="https://helpdesk.example.com", trusted_hosts=trusted)
    assert client.get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["10.1.2.3:8080", "sih-1.internal", "[fd00::1]", "evil.example", ""])
def test_health_probes_answer_under_any_host(served, path, host):
    assert served().get(path, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("trusted", [0, 1])
def test_a_forwarded_host_is_checked_only_with_a_trusted_proxy(served, trusted):
    client = served(trusted_proxies=trusted)
    response = client.get("/login", headers={"X-Forwarded-Host": "evil.example"})
    assert response.status_code == (400 if trusted else 200)


@pytest.mark.parametrize(
    "path",
    [
        "/static//x",
        "/static//css/sih.css",
        "/static///evil.example",
        "//evil.example/%2e%2e",
        "/problems//1",
        "/login//",
    ]
    + ["/%2f%2fevil.example", "/\\evil.example", "/problems/", "/login/"],
)
def test_no_path_redirects_to_another_host(served, path):
    """Neither by a redirect of Werkzeug's own, which repeats the Host header, nor as a path that is another host."""
    response = served().get("http://localhost" + path)
    assert response.status_code in (302, 404)
    place = urlsplit(response.location or "")
    assert (place.scheme, place.netloc) == ("", "") and place.path in ("", "/login"), response.location


def test_no_page_at_all_redirects_to_a_host(person, app, problem):
    number = problem("in_progress")
    for name in (None, "rini", "adi"):
        for route in routes(app):
            for path in (route.path(number), route.path(number).rstrip("/") + "/"):
                response = person(name).client.get("http://localhost" + path)
                assert not urlsplit(response.location or "").netloc, (path, response.location)
