"""The number to call, of stores and of employees: in form, list, import, export and audit."""

import pytest

from sih.dao.audits import signed
from sih.dao.masters import Masters
from sih.domain import clock
from sih.masters.nouns import STORE
from tests.facts import errors
from tests.import_files import bring, csv, dry_run
from tests.master_forms import NEW, add, form_values
from tests.test_exports import download

BOTH = pytest.mark.parametrize("plural", ["stores", "employees"])
NUMBERS = ["021-7540142", "+62 812 3456 7890", "(021) 555-0142 ext. 12", "1500", "0812-3456-7890 / 0813-1111"]
NO_NUMBERS = ["telepon", "12", "021-", "<b>021</b>", "0812345678901234567890123456789012345678901", "021\n555 --"]


@pytest.fixture
def adi(person):
    return person("adi")


@BOTH
@pytest.mark.parametrize("phone", NUMBERS)
def test_a_number_is_kept_as_it_was_written(adi, query, plural, phone):
    number = add(adi, query, plural, phone=phone)
    assert form_values(adi.get(f"/{plural}/{number}/edit"))["phone"] == phone
    assert phone in adi.get(f"/{plural}?q={NEW[plural]['name']}").select_one("tbody").text


@BOTH
@pytest.mark.parametrize("phone", NO_NUMBERS)
def test_what_is_no_number_is_refused(adi, plural, phone):
    page = adi.post(f"/{plural}", 422, **NEW[plural] | {"phone": phone})
    assert list(errors(page)) == ["phone"]


@BOTH
def test_a_change_of_the_number_is_audited(adi, query, plural):
    number = add(adi, query, plural, phone="021-1111")
    fields = form_values(adi.get(f"/{plural}/{number}/edit")) | {"phone": "021-2222"}
    adi.post(f"/{plural}/{number}", 303, **fields)
    shown = adi.get("/audits").main.text
    assert "Telepon" in shown and "021-1111" in shown and "021-2222" in shown


@pytest.mark.parametrize(
    ("noun", "heading", "row"),
    [("store", "Kode;No Telepon", "T001"), ("employee", "NIK;HP", "10000001"), ("store", "Kode;Store Phone", "T001")],
)
def test_an_import_brings_the_number_and_a_dash_clears_it(adi, query, noun, heading, row):
    sql = f"SELECT phone FROM {noun}_sheet WHERE key = '{row}'"
    bring(adi, query, noun, csv(heading, f"{row};+62 812-3456-7890"))
    assert query.one(sql)["phone"] == "+62 812-3456-7890"
    again = dry_run(adi, query, noun, download(adi, noun, "xlsx"), is_complete="y")
    assert set(again.counts) == {"rows", "active"}
    bring(adi, query, noun, csv(heading, f"{row};-"))
    assert query.one(sql)["phone"] == ""


@pytest.mark.parametrize("noun", ["store", "employee"])
def test_an_export_has_the_number(adi, query, noun):
    query.execute(f"UPDATE {noun} SET phone = '021-7540142'")
    for kind in ("csv", "xlsx"):
        one = dry_run(adi, query, noun, download(adi, noun, kind), is_complete="y")
        assert set(one.counts) == {"rows", "active"}
    assert b"Telepon" in download(adi, noun, "csv") and b"021-7540142" in download(adi, noun, "csv")


def test_an_import_that_was_checked_before_the_column_came_keeps_the_number(query):
    query.execute("UPDATE store SET phone = '021-7540142' WHERE code = 'T001'")
    row = Masters(query, STORE).by_key("T001")
    del row["phone"]
    with signed(query, clock.now(), None, "test"):
        assert Masters(query, STORE).change([row | {"city": "Depok"}]) == 1
    assert query.one("SELECT phone, city FROM store WHERE code = 'T001'") == {"phone": "021-7540142", "city": "Depok"}
