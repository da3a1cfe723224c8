"""Firefox and WebKit on the real application over HTTP, at desktop and phone width. Chromium is in tests/browser."""

import os
import shutil

import pytest

from tests.browser.conftest import serving
from tests.engines.browsers import Firefox, WebKit
from tests.engines.visitors import Visitor

ENGINES = {"firefox": Firefox, "webkit": WebKit}


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if item.path.parent.name == "engines":
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session", params=ENGINES)
def engine(request):
    """Each browser in turn."""
    engine = ENGINES[request.param]
    if shutil.which(engine.PROGRAM) is None:
        absent = f"There is no {engine.PROGRAM} here; tests/setup/needs.sh firefox-esr webkit2gtk-driver installs it."
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(absent)
    browser = engine()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def site(bare_app):
    with serving(bare_app) as address:
        yield address


@pytest.fixture
def visitor(app, site, employees, engine):
    """visitor("rini") has signed in; visitor() is somebody at the sign-in page."""
    pages = []

    def come(name: str | None = None, width: int = 1366, height: int = 768) -> Visitor:
        pages.append(engine.page(width, height))
        somebody = Visitor(pages[-1], site)
        return somebody.sign_in(employees[name].nik) if name else somebody.go("/login")

    yield come
    for page in pages:
        page.close()
