"""A real Chromium on the real application over HTTP: people with a screen each, whose scripts must run well."""

import os
import shutil
import threading
from datetime import UTC, datetime

import pytest
from werkzeug.serving import make_server

from sih.domain import clock
from tests.browser.visitors import Visitor
from tests.people import Person

# The one without windows takes half of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
# Root has no sandbox to give; the rest keeps a browser that knows nothing of us from calling home.
ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
ARGUMENTS += ["--disable-component-update"] + ["--no-sandbox"] * (hasattr(os, "getuid") and os.getuid() == 0)
SCREENS = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "without scripts": {"viewport": {"width": 1280, "height": 800}, "java_script_enabled": False},
}


def pytest_collection_modifyitems(items) -> None:
    """A browser test may fail once: a browser beside another one is now and then late. The report names each rerun."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    if CHROMIUM is None and os.environ.get("CI") == "true":
        pytest.fail("There is no Chromium here; tests/setup/needs.sh chromium-headless-shell installs one.")
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here; tests/setup/needs.sh chromium-headless-shell installs one.")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def site(bare_app):
    """Where the application is served, on whatever database a test has."""
    with serving(bare_app) as address:
        yield address


class serving:
    """The address of an application, served in this process: its clock is the one that tests move."""

    def __init__(self, app) -> None:
        self._server = make_server("127.0.0.1", 0, app, threaded=True)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.port}"

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(params=SCREENS)
def screen(request) -> str:
    """Every screen in turn; a test of one screen alone says @pytest.mark.parametrize("screen", [...])."""
    return request.param


@pytest.fixture
def visitor(app, site, employees, new_context):
    """visitor(screen) is somebody at a browser of their own; visitor(screen, "rini") has signed in and sees the list.
    The session comes from the database: the forms of signing in have tests of their own. Nothing moves: axe measured
    the colour of a button half-way through its transition."""
    visitors = []

    def come(screen: str, name: str | None = None, **more) -> Visitor:
        context = new_context(base_url=site, locale="id-ID", reduced_motion="reduce", **{**SCREENS[screen], **more})
        visitors.append(Visitor(context.new_page(), name, scripts=screen != "without scripts"))
        if name:
            session = Person(app, employees[name]).client.get_cookie(app.config["SESSION_COOKIE_NAME"])
            context.add_cookies([{"name": session.key, "value": session.value, "url": site}])
            visitors[-1].go("/problems")
        return visitors[-1]

    yield come
    assert [fault for one in visitors for fault in one.faults] == []


@pytest.fixture
def susi(visitor, monkeypatch, screen):
    """A supervisor on the 10th of March 2025, when the history that fills the database is over."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2025, 3, 10, tzinfo=UTC))
    return visitor(screen, "susi")
