"""The mailbox of a division: in form, list, import, export and audit. What it hears: tests/test_notice_mails.py."""

import pytest

from tests.facts import errors
from tests.import_files import bring, csv, dry_run
from tests.master_forms import NEW, add, form_values
from tests.test_exports import download

MAILBOX = "SELECT mailbox FROM division_sheet WHERE key = 'Umum'"


@pytest.fixture
def adi(person):
    return person("adi")


def test_it_is_kept_shown_and_audited(adi, query):
    number = add(adi, query, "divisions", mailbox=" legal@example.com ")
    fields = form_values(adi.get(f"/divisions/{number}/edit"))
    assert fields["mailbox"] == "legal@example.com"
    assert "legal@example.com" in adi.get("/divisions").select_one("tbody").text
    adi.post(f"/divisions/{number}", 303, **fields | {"mailbox": "hukum@example.com"})
    shown = adi.get("/audits").main.text
    assert "Kotak surat" in shown and "legal@example.com" in shown and "hukum@example.com" in shown


@pytest.mark.parametrize("mailbox", ["legal", "a@[", "a@b.id, c@d.id", "a@b.id\nBcc: c@d.id", "Legal <a@b.id>"])
def test_what_is_no_address_is_refused(adi, mailbox):
    assert list(errors(adi.post("/divisions", 422, **NEW["divisions"] | {"mailbox": mailbox}))) == ["mailbox"]


def test_an_import_brings_it_and_a_dash_clears_it(adi, query):
    bring(adi, query, "division", csv("Nama;Surel", "Umum;umum@example.com"))
    assert query.one(MAILBOX)["mailbox"] == "umum@example.com"
    again = dry_run(adi, query, "division", download(adi, "division", "xlsx"), is_complete="y")
    assert set(again.counts) == {"rows", "active"}
    bring(adi, query, "division", csv("Nama;Surel", "Umum;-"))
    assert query.one(MAILBOX)["mailbox"] == ""
