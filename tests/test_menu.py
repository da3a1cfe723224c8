"""The header's menu marks the page one is on, and labels of buttons and links begin with what one sees (WCAG 2.5.3)."""

import pytest

from tests import pages
from tests.pages import PAGES

pytestmark = pytest.mark.shared_database  # nothing here is stored

# What the menu marks: the item, and whether it is this very page.
MARKED = {
    ("hadi", "/problems"): ("Daftar Kendala", "page"),
    ("hadi", "/problems?status=new"): ("Daftar Kendala", "page"),
    ("hadi", "/problems/{new}"): ("Daftar Kendala", "true"),
    ("hadi", "/problems/{new}/openings/new"): ("Daftar Kendala", "true"),
    ("hadi", "/bulk-actions/new?verb=close&picked={new}-1"): ("Daftar Kendala", "true"),
    ("rini", "/saved-views"): ("Daftar Kendala", "true"),
    ("rini", "/saved-views/new?filters=status%3Dnew"): ("Daftar Kendala", "true"),
    ("rini", "/keys"): ("Profil", "true"),
    ("hadi", "/problems/new"): ("Lapor Kendala", "page"),
    ("susi", "/recaps"): ("Rekap", "page"),
    ("susi", "/recaps/divisions/1"): ("Rekap", "true"),
    ("hadi", "/recaps/divisions/1"): ("Beban Kerja", "true"),
    ("susi", "/loads"): ("Beban Kerja", "page"),
    ("hadi", "/loads/divisions/1"): ("Beban Kerja", "true"),
    ("susi", "/loads/pics/8"): ("Beban Kerja", "true"),
    ("adi", "/employees"): ("Data Induk", "page"),
    ("adi", "/stores/1/edit"): ("Data Induk", "true"),
    ("adi", "/age-limits/edit"): ("Data Induk", "true"),
    ("adi", "/audits"): ("Data Induk", "true"),
    ("rini", "/profile"): ("Profil", "page"),
    ("rini", "/pin/new"): ("Ganti PIN", "page"),
    ("rini", "/assets/1"): None,
}


def marked(page) -> list[tuple[str, str]]:
    return [(item.text.strip(), item["aria-current"]) for item in page.header.select("[aria-current]")]


def test_the_menu_marks_the_page_one_is_on(person, problem):
    number = problem()
    for (name, path), item in MARKED.items():
        assert marked(person(name).get(path.format(new=number))) == ([item] if item else []), path


def test_after_a_failed_report_the_menu_still_marks_reporting(person):
    assert marked(person("rini").post("/problems", 422)) == [("Lapor Kendala", "true")]


def test_names_begin_with_the_visible_text(person, problem, query, employees):
    numbers = pages.numbers(problem, query, employees)
    for language in ("id", "en"):
        for name, (somebody, path) in PAGES.items():
            page = person(somebody).speaks(language).get(path.format(**numbers), status=STATUS.get(name, 200))
            for element in page.select(":is(button, a, summary)[aria-label]"):
                visible = " ".join(element.text.split())
                assert element["aria-label"].startswith(visible), (name, language, str(element))


STATUS = {"not found": 404, "not allowed": 403}
