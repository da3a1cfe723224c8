"""Indonesian and English: every word of the pages has its translation, and the compiled catalog is today's."""

import re

import pytest

from tests.setup import translations

SAME_IN_BOTH = {"Admin", "NIK", "PIC", "Diagnosis", "Median", "Status", "Data", "Filter", "Helpdesk"}
SAME_IN_BOTH |= {"WIB", "WITA", "WIT"}


@pytest.fixture(scope="module")
def catalog():
    return translations.catalog()


def test_every_word_is_in_the_catalog_and_no_other(catalog):
    assert {message.id for message in catalog if message.id} == translations.msgids()


def test_every_word_is_translated(catalog):
    missing = [m.id for m in catalog if m.id and (not m.string or m.string == m.id and m.id not in SAME_IN_BOTH)]
    assert missing == []


def test_translations_keep_the_facts_of_a_sentence(catalog):
    def facts(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)\w", text))

    assert [m.id for m in catalog if m.id and facts(m.id) != facts(m.string)] == []


def test_no_percentage_has_a_blank_before_its_sign(catalog):
    texts = [text for m in catalog if m.id for text in (m.id, m.string)]
    assert [text for text in texts if re.search(r"[\d)s]\s%(?!\()", text)] == []


def test_the_compiled_catalog_is_that_of_the_sources(catalog):
    assert translations.CATALOG.with_suffix(".mo").read_bytes() == translations.compiled(catalog)


@pytest.mark.parametrize("path", ["/problems", "/problems/new", "/pin/new"])
def test_a_page_speaks_english_when_asked_to(person, path):
    rini = person("rini")
    assert rini.get(path).html["lang"] == "id"
    rini.post("/language", language="en", next=path)
    page = rini.get(path)
    assert page.html["lang"] == "en"
    assert page.select_one("nav a[href='/problems/new']").text == "Report a Problem"
