"""Every field of every form takes any input without an error, and stores and shows it as plain text."""

from urllib.parse import quote, urlencode

import pytest

from tests import form_data
from tests.company import PIN
from tests.people import checked
from tests.routes import routes

# As it stands in the body, already encoded; None leaves the field out, a list sends it twice.
HOSTILE = {
    "missing": None,
    "empty": "",
    "spaces": "+%20%E2%80%8B",
    "nul": "a%00b",
    "escape": "%1b[31m",
    "half a pair": "%ED%A0%80",
    "no utf-8": "%FF%FE%C0%AF",
    "broken percent": "%zz%",
    "right to left": quote("\u202egnp.exe\u2066"),
    "combining": quote("e" + "\u0301" * 200),
    "sql": quote("x'; DROP TABLE problem; --"),
    "or": quote("1 OR 1=1"),
    "parameter": quote("%(id)s %s %"),
    "script": quote("<script>alert(1)</script>"),
    "attribute": quote("\"'><img src=x onerror=alert(1)>"),
    "end of a field": quote("</textarea></title><script>alert(1)</script>"),
    "template": quote("{{ 7*7 }}{% raw %}"),
    "header": "x%0d%0aSet-Cookie:+a=b",
    "path": quote("../../etc/passwd"),
    "elsewhere": quote("//evil.example/\\x"),
    "long number": "9" * 400,
    "negative": "-1",
    "no ascii number": quote("١٢٣²"),
    "float": "1e309",
    "long": "x" * 20_000,
    "twice": ["1", quote("<b>2</b>")],
}
SOME = {name: HOSTILE[name] for name in ("missing", "nul", "half a pair", "end of a field", "long number", "twice")}
AMOUNTS = [pytest.param(SOME, id="some"), pytest.param(HOSTILE, id="all", marks=pytest.mark.long)]
PAIRS = ("same", "pairs_after")  # of an import
ACTION = ("csrf_token", "author", "seen", "next")
# The fields that each form takes, who sends it, and what its problem is.
AGE_LIMITS = ("critical", "high", "medium", "low", "none")
REPORT = ("caller", "good", "trouble", "title", "description")
FORMS = {
    "activations.create": (None, "", ("nik", "code", "new_pin", "repeated_pin")),
    "login.create": (None, "", ("csrf_token", "nik", "pin", "next")),
    "login.search_user_account": (None, "", ("csrf_token", "nik")),
    "login.destroy": ("rini", "", ("csrf_token",)),
    "pins.create": ("rini", "", ("pin", "new_pin", "repeated_pin")),
    "preferences.language": ("rini", "", ("language", "next")),
    "preferences.theme": (None, "", ("theme", "next")),
    "start_pages.update": ("rini", "", ("start", "next", "csrf_token")),
    "keys.update": ("rini", "", ("keys", "next", "csrf_token")),
    "profiles.update": ("rini", "", ("email", "csrf_token", "author", "next")),
    "notice_choices.update": ("hadi", "", ("page", "mail", "digest", "shown", "csrf_token", "author")),
    "test_mails.create": ("adi", "", ("csrf_token", "author")),
    "session_ends.create": ("rini", "", ("session", "csrf_token", "author", "next")),
    "sign_outs.create": ("rini", "", ("csrf_token", "author", "next")),
    "problems.create": (
        "hadi",
        "",
        ("author", "token", "step", *REPORT, "anyway", "shown", "upload", "alt-1"),
    ),
    "repeats.create": ("hadi", "", REPORT),
    "comments.create": ("rini", "new", ("token", "remark", "ready_text", "upload", *ACTION)),
    "openings.create": (
        "hadi",
        "new",
        ("category_id", "priority", "diagnosis", "step", "ready_text", "upload", *ACTION),
    ),
    "closures.create": ("hadi", "in_progress", ("solution", "ready_text", "upload", *ACTION)),
    "escalations.create": (
        "hadi",
        "new",
        (
            *("category_id", "priority", "diagnosis"),
            *("kind", "division_id", "department_id", "pic_id", "reason", "step", "ready_text"),
            *ACTION,
        ),
    ),
    "bulk_actions.create": (
        "hadi",
        "in_progress",
        ("verb", "picked", "solution", "step", "ready_text", "csrf_token", "author", "next"),
    ),
    "acceptances.create": ("gita", "escalated", ACTION),
    "returns.create": ("gita", "escalated", ("reason", "ready_text", *ACTION)),
    "reopenings.create": ("hadi", "closed", ("reason", *ACTION)),
    "confirmations.create": ("rini", "closed", ACTION),
    "corrections.create": ("rini", "new", ("good", "title", "description", *ACTION)),
    "withdrawals.create": ("rini", "new", ("reason", *ACTION)),
    "questions.create": ("hadi", "in_progress", ("question", "token", "ready_text", *ACTION)),
    "questions.destroy": ("hadi", "in_progress", ACTION),
    "problem_exports.create": ("susi", "", ("filters", "format", "csrf_token", "author")),
    "follows.create": ("koko", "new", ACTION),
    "follows.destroy": ("koko", "new", ACTION),
    "report_drafts.create": ("hadi", "", ("token", *REPORT, "csrf_token", "author")),
    "report_drafts.destroy": ("rini", "", ("csrf_token", "author")),
    "readings.create": ("rini", "", ("problem_id", "until", "csrf_token", "author")),
    "presences.create": ("hadi", "new", ("csrf_token", "author")),
    "uploads.create": ("rini", "", ("file", "csrf_token", "author")),
    "uploads.destroy": ("rini", "", ("csrf_token", "author")),
    "saved_views.create": ("susi", "", ("name", "filters", "owner", *ACTION)),
    "saved_views.update": ("susi", "", ("name", *ACTION)),
    "saved_views.destroy": ("susi", "", ACTION),
    "default_views.create": ("hadi", "", ("view", "csrf_token", "author")),
    "recap_notices.create": ("susi", "", ("period", "open", "csrf_token", "author")),
}
# Of master data: who sends them is the admin, and they are of the first row.
MASTER = {
    "employees": {"nik": "50000001", "name": "Baru", "role": "reporter", "store": "T001", "phone": "0812-1"},
    "stores": {
        "code": "T100",
        "name": "Baru",
        "city": "Depok",
        "time_zone": "Asia/Jakarta",
        "phone": "021-1",
        "active": "yes",
    },
    "divisions": {"name": "Baru", "parent": "", "active": "yes"},
    "departments": {"name": "Baru", "division": "Umum", "active": "yes"},
    "categories": {"name": "Baru", "priority": "high", "division": "Umum", "active": "yes"},
    "ready_texts": {"division": "Umum", "name": "Baru", "purpose": "answer", "words": "Halo.", "active": "yes"},
    "slang": {"name": "Baru", "meaning": "baru", "active": "yes"},
    "asset_kinds": {"name": "Baru", "active": "yes"},
    "troubles": {"kind": "AC", "name": "Berbau", "active": "yes"},
    "assets": {"label": "B1", "kind": "AC", "serial": "", "store": "T001", "bought_on": "2024-01-31", "active": "yes"},
}
FORMS |= {
    f"{plural}.{view}": ("adi", "", (*fields, "find", "choose", *ACTION))
    for plural, fields in MASTER.items()
    for view in ("create", "update")
} | {
    "freezes.create": ("adi", "", ("reason", "handover", *ACTION)),
    "unfreezes.create": ("adi", "", ("reason", *ACTION)),
    "employee_session_ends.create": ("adi", "", ("session", "all", *ACTION)),
    "activation_codes.create": ("adi", "", ACTION),
    "age_limits.update": ("adi", "", (*AGE_LIMITS, *ACTION)),
    "activation_sheets.create": ("adi", "", ("scope", "stores", "city", "replaces", *ACTION)),
    "activation_sheet_downloads.create": ("adi", "", ACTION),
    "imports.create": ("adi", "", ("noun", "is_complete", *ACTION)),
    "import_confirmations.create": ("adi", "", ("amount", "fingerprint", "skips_faults", *PAIRS, *ACTION)),
    "import_sheets.create": ("adi", "", ("sheet", *ACTION)),
    "import_pairs.create": ("adi", "", ("fingerprint", *PAIRS, *ACTION)),
}
FIELDS = [(endpoint, field) for endpoint, (_, _, fields) in FORMS.items() for field in fields]


def base(query, endpoint: str) -> dict:
    """The form, filled in as it should be."""
    if endpoint.split(".")[0] in MASTER:
        return MASTER[endpoint.split(".")[0]]
    words = {
        "activations.create": {"nik": "10000001", "code": "x", "new_pin": "246813", "repeated_pin": "246813"},
        "login.create": {"nik": "10000001", "pin": PIN},
        "pins.create": {"pin": PIN, "new_pin": "246813", "repeated_pin": "246813"},
        "profiles.update": {"email": "rini@example.com"},
        "notice_choices.update": {"page": "remark", "mail": "remark", "digest": "1", "shown": "1"},
        "problems.create": form_data.report(query) | {"anyway": "1"},
        "repeats.create": form_data.report(query),
        "comments.create": {"remark": "Masih mati."},
        "questions.create": {"question": "Sejak kapan?"},
        "openings.create": form_data.opening(query),
        "corrections.create": {name: text for name, text in form_data.report(query).items() if name != "token"},
        "closures.create": {"solution": "Kabel diganti."},
        "bulk_actions.create": {"solution": "Kabel diganti.", "verb": "close", "picked": "1-2"},
        "escalations.create": form_data.opening(query) | form_data.escalation(query, "Pandu"),
        "problem_exports.create": {"filters": "year=2026&status=new", "format": "csv"},
        "activation_sheets.create": {"scope": "stores", "stores": "T001"},
        "age_limits.update": dict.fromkeys(AGE_LIMITS, "24"),
        "saved_views.create": {"name": "Penting", "filters": "status=new", "owner": "own"},
        "saved_views.update": {"name": "Penting"},
        "default_views.create": {"view": ""},
        "recap_notices.create": {"period": "2026-01", "open": "1"},
    }
    return words.get(endpoint, {"reason": "Masih mati."})


def body(fields: dict, name: str, value) -> str:
    others = urlencode({other: text for other, text in fields.items() if other != name})
    values = value if isinstance(value, list) else [] if value is None else [value]
    return "&".join([others, *(f"{name}={one}" for one in values)])


def send(somebody, path: str, content: str):
    response = somebody.client.post(path, data=content, content_type="application/x-www-form-urlencoded")
    assert response.status_code < 500, response.get_data(as_text=True)
    return response


def test_every_form_is_tested(bare_app):
    assert {route.endpoint for route in routes(bare_app, "POST")} == set(FORMS)


@pytest.mark.parametrize(
    "hostile", [pytest.param(SOME, id="some"), pytest.param(HOSTILE, id="all", marks=pytest.mark.long)]
)
@pytest.mark.parametrize(("endpoint", "field"), FIELDS, ids=[f"{endpoint}-{field}" for endpoint, field in FIELDS])
def test_hostile_input_in_any_field_causes_no_error(person, problem, app, query, endpoint, field, hostile):
    name, state, _ = FORMS[endpoint]
    [route] = [route for route in routes(app, "POST") if route.endpoint == endpoint]
    for what, value in hostile.items():
        number, somebody = problem(state) if state else 0, person(name)
        fields = {**somebody.tokens, **base(query, endpoint), "seen": somebody.seen(number) if number else "1"}
        response = send(somebody, route.path(number, row=1), body(fields, field, value))
        assert "evil" not in (response.location or ""), what
        if response.mimetype == "text/html" and not response.location:
            assert_is_text(checked(response.get_data(as_text=True)))
        if number:
            assert_is_text(person("hadi").get(f"/problems/{number}"))
    assert_is_text(person("hana").get("/problems"))


def assert_is_text(page) -> None:
    """Nothing of what was typed has become an element or an attribute of the page."""
    assert not page.select("main script, main img, main b, [onerror]")
    assert "49" not in [part.strip() for part in page.main.stripped_strings]
