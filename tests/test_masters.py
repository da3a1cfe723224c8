"""Master data, the same for each of the eight nouns: created, found, changed, deactivated, by admins only; no edit
overwrites a concurrent one."""

import psycopg2
import pytest

from bench.databases import opened
from sih.dao.query import Pool
from tests.concurrency import all_at_once
from tests.facts import amount, errors, value
from tests.master_forms import NEW, TABLES, add, form_values, key, row_id
from tests.people import Person

EACH = pytest.mark.parametrize("plural", list(NEW))


@pytest.fixture
def adi(person):
    return person("adi")


@EACH
def test_a_new_row_is_found_in_its_list(adi, query, plural):
    number = add(adi, query, plural)
    name = NEW[plural][key(plural)]
    for query_string in ("", f"?q={name}", f"?q={name[:4].lower()}"):
        assert adi.get(f"/{plural}{query_string}").select_one(f"tbody a[href='/{plural}/{number}/edit']"), query_string


@EACH
def test_the_edit_form_holds_the_stored_values(adi, query, plural):
    page = adi.get(f"/{plural}/{add(adi, query, plural)}/edit")
    assert {name: value(page, name) or "" for name in NEW[plural]} == NEW[plural]


@EACH
def test_a_change_is_kept(adi, query, plural):
    number = add(adi, query, plural)
    fields = form_values(adi.get(f"/{plural}/{number}/edit")) | {key(plural): "ZZ99"}
    adi.post(f"/{plural}/{number}", **fields)
    assert row_id(query, plural, "ZZ99") == number


@EACH
def test_required_fields_are_demanded(adi, query, plural):
    before = amount(query, TABLES[plural])
    page = adi.post(f"/{plural}", 422)
    assert key(plural) in errors(page) and amount(query, TABLES[plural]) == before


@EACH
def test_a_duplicate_key_is_refused_and_the_form_keeps_its_values(adi, query, plural):
    add(adi, query, plural)
    other = {"active": "no", "role": "supervisor"}
    page = adi.post(f"/{plural}", 422, **NEW[plural] | other)
    assert errors(page) == {key(plural): "Sudah ada."}
    assert all(value(page, name) == text for name, text in other.items() if name in NEW[plural])


@EACH
def test_a_double_submission_creates_one_row(adi, query, plural):
    add(adi, query, plural)
    before = amount(query, TABLES[plural])
    adi.post(f"/{plural}", 303, **NEW[plural])
    assert amount(query, TABLES[plural]) == before


@EACH
def test_a_double_submission_changes_a_row_once(adi, query, plural):
    number = add(adi, query, plural)
    fields = form_values(adi.get(f"/{plural}/{number}/edit")) | {key(plural): "ZZ99"}
    for _ in range(2):
        adi.post(f"/{plural}/{number}", 303, **fields)
    changed = "SELECT count(*) AS amount FROM audit WHERE kind = 'changed' AND source = 'page'"
    assert query.one(changed)["amount"] == 1


@EACH
def test_a_stale_form_shows_both_versions_and_overwrites_nothing(adi, query, plural):
    number = add(adi, query, plural)
    mine = form_values(adi.get(f"/{plural}/{number}/edit")) | {key(plural): "MINE"}
    adi.post(f"/{plural}/{number}", **mine | {key(plural): "THEIRS"})
    page = adi.post(f"/{plural}/{number}", 409, **mine)
    assert "sudah diubah orang lain" in page.select_one("main [role=alert]").text
    cells = [cell.text.strip() for cell in page.select("main table td")]
    assert cells == ["THEIRS", "MINE"] and row_id(query, plural, "THEIRS") == number
    adi.post(f"/{plural}/{number}", 303, **form_values(page))
    assert row_id(query, plural, "MINE") == number


@EACH
def test_of_two_concurrent_edits_one_succeeds_and_one_is_refused(app, query, employees, plural):
    number = add(Person(app, employees["adi"]), query, plural)
    query.execute("UPDATE employee SET role = 'admin' WHERE name = 'Susi'")
    admins = [Person(app, employees[name]) for name in ("adi", "susi")]
    forms = [
        form_values(one.get(f"/{plural}/{number}/edit")) | {key(plural): f"A{n}99"} for n, one in enumerate(admins)
    ]

    def send(one: Person, form: dict):
        return lambda: one.client.post(f"/{plural}/{number}", data=form)

    assert sorted(answer.status_code for answer in all_at_once(map(send, admins, forms))) == [303, 409]


@EACH
def test_a_missing_row_is_not_found(adi, plural):
    for number in (999_999, 2**31, 2**62):
        adi.get(f"/{plural}/{number}/edit", 404)
        adi.post(f"/{plural}/{number}", 404, **NEW[plural])


@EACH
def test_the_application_cannot_delete_master_data(query, plural):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query.execute(f"DELETE FROM {TABLES[plural]}")


@EACH
def test_the_owner_cannot_delete_master_data(admin, database, plural):

    refused = pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only")
    with opened(Pool(**{**admin, "dbname": database["dbname"]})) as mighty, refused:
        mighty.execute(f"DELETE FROM {TABLES[plural]}")


def test_a_long_list_is_paginated(adi, query):
    query.execute(
        "INSERT INTO asset_kind (name) SELECT 'Jenis ' || lpad(n::text, 3, '0') FROM generate_series(1, 120) n"
    )
    for query_string, expected in (("", 123), ("?q=jenis", 120)):
        seen, path = [], f"/asset-kinds{query_string}"
        while path:
            page = adi.get(path)
            seen += [link.text for link in page.select("tbody a")]
            following = page.find("a", string="Berikutnya")
            path = following and following["href"]
        assert len(seen) == len(set(seen)) == expected


@EACH
def test_unknown_query_parameters_are_dropped_from_links(adi, plural):
    strange = "endpoint=x&_external=1&_anchor=x&_method=x&_scheme=x&noun=x&format=x&values=x"
    page = adi.get(f"/{plural}?{strange}")
    assert not page.select("main a[href*='_anchor'], main a[href*='endpoint'], main a[href^='http']")
    adi.get(f"/audits?{strange}")
    adi.get(f"/exports?{strange}", 404)


@EACH
def test_unknown_filters_are_named_and_left_out(adi, plural):
    page = adi.get(f"/{plural}?state=x&after=x&q=---")
    assert "Cari, Status, Halaman" in page.select_one("main [role=status]").text
