"""Bootstrap comes from the CDN and is checked by its hash. Where the CDN refuses, is silent or is switched off, the
server's own copy is used within three seconds."""

import dataclasses

import pytest
from playwright.sync_api import expect

from sih import create_app
from tests.browser.conftest import serving

CDN = "https://cdn.jsdelivr.net/**"
LIMIT = 3_000  # milliseconds


@pytest.fixture(scope="module")
def outward(settings):
    """The application as it is served where there is internet."""
    return create_app(dataclasses.replace(settings, bootstrap_serve_local=False))


@pytest.fixture
def app(outward, pool):
    outward.extensions["pool"] = pool
    return outward


@pytest.fixture
def site(outward):
    with serving(outward) as address:
        yield address


def styled(one) -> None:
    """Within three seconds (docs/paper.md, S5); and what is drawn is seen."""
    main = one.page.locator("main")
    expect(main).to_be_visible(timeout=LIMIT)
    expect(main).not_to_have_css("padding-top", "0px", timeout=LIMIT)


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_the_own_copy_is_used_when_the_cdn_refuses(visitor, screen):
    one = visitor(screen)
    one.page.route(CDN, lambda route: route.abort())
    styled(one.go("/login"))


def test_the_own_copy_is_used_when_the_cdn_is_silent(visitor):
    one, requested = visitor("desktop"), []
    one.page.route(CDN, lambda route: requested.append(route))
    one.page.goto("/login", wait_until="commit")
    styled(one)
    assert len(requested) == 1
    one.page.goto("/activations/new", wait_until="commit")
    styled(one)
    assert len(requested) == 1, "It is not waited for twice in one visit."


def test_a_file_of_the_cdn_with_another_hash_is_not_used(visitor):
    one = visitor("desktop")
    one.page.route(CDN, lambda route: route.fulfill(body="main { display: none }", content_type="text/css"))
    styled(one.go("/login"))
    expect(one.page.get_by_label("NIK")).to_be_visible()
    one.faults[:] = [fault for fault in one.faults if "integrity" not in fault]


def test_a_file_of_the_cdn_is_used(visitor, bare_app):
    own = bare_app.test_client().get("/bootstrap/static/css/bootstrap.min.css").data
    one = visitor("desktop")
    sent = {"Access-Control-Allow-Origin": "*"}
    one.page.route(CDN, lambda route: route.fulfill(body=own, content_type="text/css", headers=sent))
    requested = []
    one.page.on("request", lambda request: requested.append(request.url))
    styled(one.go("/login"))
    assert not [url for url in requested if "/bootstrap/" in url]


def test_without_scripts_the_own_copy_is_used(visitor):
    styled(visitor("without scripts").go("/login"))


def test_the_cdn_is_not_asked_when_switched_off(visitor, outward):
    outward.config["BOOTSTRAP_SERVE_LOCAL"] = True
    one, requested = visitor("desktop"), []
    one.page.on("request", lambda request: requested.append(request.url))
    styled(one.go("/login"))
    outward.config["BOOTSTRAP_SERVE_LOCAL"] = False
    assert not [url for url in requested if "127.0.0.1" not in url]
