"""What every route declares: a guard, typed parameters, an address in kebab-case, one method for one thing."""

import inspect
import re

import pytest
from flask import request
from flask_login import login_user

from sih.web import allow_upload, largest_body, upload_bytes
from tests.routes import hashes_a_pin, routes

GUARDS = {"public", "signed_in", "handlers_only", "supervisors_only", "admins_only"}
OF_THE_PAPER = "/searchUserAccount"
# Nobody has to be signed in for these; whatever is added here needs a reason.
PUBLIC = {
    "activations.create",  # the first sign-in
    "activations.new",
    "health.healthz",  # asked by machines
    "health.readyz",
    "login.create",
    "login.new",
    "login.search_user_account",
    "preferences.language",  # the sign-in page, too, is read in English and in the dark
    "preferences.theme",
}
# Whose pages are for one role alone.
OF_ONE_ROLE = {
    "handlers_only": {"acceptances", "bulk_actions", "closures", "default_views", "escalations", "openings"}
    | {"questions", "returns"},
    "supervisors_only": {"problem_exports", "recap_files", "recap_notices", "recaps"},
    "admins_only": {"activation_codes", "activation_sheet_downloads", "activation_sheets", "age_limits", "asset_kinds"}
    | {"assets"}
    | {"audits", "categories", "departments", "divisions", "employee_session_ends", "employee_sessions", "employees"}
    | {
        "exports",
        "freezes",
        "import_confirmations",
        "import_faults",
        "import_pairs",
        "import_sheets",
        "imports",
        "labels",
    }
    | {"mails", "ready_texts", "security_events", "slang", "stores", "test_mails", "troubles", "unfreezes"},
}
FOR_EVERYBODY = {"assets.show"}  # the problems of an asset, for whoever scans its label
VIEWS = {"index", "new", "create", "show", "edit", "update", "destroy"}
NOT_OF_A_NOUN = {
    "health.healthz",
    "health.readyz",
    "lists.home",
    "login.search_user_account",
    "preferences.language",
    "preferences.theme",
}


def test_every_route_declares_a_guard(bare_app):
    unguarded = [route.rule for route in routes(bare_app) if route.guard not in GUARDS]
    assert unguarded == [], "Say who may come here: put a guard of sih/web/request.py right under the route."


def test_only_these_routes_are_public(bare_app):
    assert {route.endpoint for route in routes(bare_app) if route.guard == "public"} == PUBLIC


@pytest.mark.parametrize("guard", OF_ONE_ROLE)
def test_routes_for_one_role_are_listed(bare_app, guard):
    """tests/test_routes_by_role.py tries the guards themselves."""
    nouns = OF_ONE_ROLE[guard]
    found = {route.endpoint for route in routes(bare_app) if route.guard == guard}
    views = {route.endpoint for route in routes(bare_app) if route.endpoint.split(".")[0] in nouns}
    assert found == views - FOR_EVERYBODY
    assert {endpoint.split(".")[0] for endpoint in found} == nouns


def test_every_parameter_is_a_typed_number(bare_app):
    untyped = [route.rule for route in routes(bare_app) if any(not name.startswith("id:") for name in route.parameters)]
    assert untyped == [], "Write <id:problem_id>: what is no number that PostgreSQL can hold is no page."


def test_every_address_is_in_kebab_case(bare_app):
    word = re.compile(r"(<[^>]*>|[a-z0-9]+(-[a-z0-9]+)*)")
    odd = [r.rule for r in routes(bare_app) if not all(word.fullmatch(part) for part in r.rule.split("/") if part)]
    assert odd == [OF_THE_PAPER]


def test_every_view_is_one_of_the_seven(bare_app):
    named = {route.endpoint for route in routes(bare_app) if route.endpoint.split(".")[1] not in VIEWS}
    assert named == NOT_OF_A_NOUN, "An action is a noun with a file: give it a blueprint, and call the view create."


def test_no_route_both_reads_and_changes(bare_app):
    both = [route.rule for route in routes(bare_app) if {"GET", "POST"} <= route.methods]
    assert both == []
    assert {method for route in routes(bare_app) for method in route.methods} == {"GET", "HEAD", "OPTIONS", "POST"}


def test_every_form_of_a_problem_has_a_page_that_shows_its_draft(bare_app):
    """Without a page nothing was typed: Terima, Beres, Ikuti and Tidak perlu lagi are mere buttons; presences are sent
    by scripts."""
    pages = {route.rule for route in routes(bare_app, "GET")}
    forms = [route for route in routes(bare_app, "POST") if route.is_of_a_problem]
    without = {route.endpoint for route in forms if f"{route.rule}/new" not in pages}
    buttons = {"acceptances.create", "confirmations.create", "follows.create", "follows.destroy", "questions.destroy"}
    assert without == buttons | {"presences.create"}


def test_every_view_that_hashes_a_pin_says_so(bare_app):
    """The server lets only so many of them run at once, so that a crowd at the sign-in leaves threads to the pages."""
    views = {route.endpoint: bare_app.view_functions[route.endpoint] for route in routes(bare_app, "POST")}
    hashing = {endpoint for endpoint, view in views.items() if hashes_a_pin(view)}
    assert {"login.create", "activations.create", "pins.create"} <= hashing
    assert hashing == {endpoint for endpoint, view in views.items() if getattr(view, "checks_pin", False)}


def test_upload_limits_are_declared_on_their_views(bare_app):
    views = {endpoint: upload_bytes(view) for endpoint, view in bare_app.view_functions.items()}
    forms = ["problems.create", "comments.create", "openings.create", "escalations.create", "closures.create"]
    assert {endpoint: most for endpoint, most in views.items() if most} == {
        "imports.create": 25_000_000,
        **dict.fromkeys(forms, 110_000_000),
        "uploads.create": 20_100_000,
    }
    assert largest_body(bare_app) == max(views.values())


def test_a_view_that_takes_an_upload_reads_files_and_has_a_guard(bare_app):
    """From whom the guard refuses, nothing large is read: so it must be one that knows whom it allows."""
    for endpoint, view in bare_app.view_functions.items():
        reads_files = "request.files" in inspect.getsource(inspect.unwrap(view))
        assert reads_files == bool(upload_bytes(view)), f"{endpoint}: say @web.takes_upload(bytes) beside its guard."
        assert not reads_files or callable(view.allows)


@pytest.mark.shared_database
@pytest.mark.parametrize(("name", "may"), [("adi", True), ("rini", False), ("susi", False), (None, False)])
def test_a_large_body_is_read_only_from_people_whom_the_guard_admits(app, person, name, may):
    with app.test_request_context("/imports", method="POST"):
        before = request.max_content_length
        if name:
            login_user(person(name).employee)
        allow_upload()
        assert request.max_content_length == (25_000_000 if may else before)
