"""The table of triggers at the head of sql/schema.sql is what a database has."""

import re

import pytest

from sih.dao.schema import SCHEMA

pytestmark = pytest.mark.shared_database  # which is only read

LINE = re.compile(r"-- (\w+) +(\w+) +((?:before|after) (?:[a-z]+, )*[a-z]+) +(row|statement) +\S.*")
HEAD = "-- trigger "
# The bits of tgtype: https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_trigger.h
TRIGGERS = """
SELECT t.tgname AS name, t.tgrelid::regclass::text AS of_table,
       CASE WHEN t.tgtype & 2 > 0 THEN 'before ' ELSE 'after ' END
       || concat_ws(', ', CASE WHEN t.tgtype & 4 > 0 THEN 'insert' END, CASE WHEN t.tgtype & 16 > 0 THEN 'update' END,
                          CASE WHEN t.tgtype & 8 > 0 THEN 'delete' END, CASE WHEN t.tgtype & 32 > 0 THEN 'truncate' END)
       AS fires,
       CASE WHEN t.tgtype & 1 > 0 THEN 'row' ELSE 'statement' END AS once_a
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""


def documented_triggers() -> list[tuple[str, ...]]:
    lines = SCHEMA.read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith(HEAD)) + 1
    table = lines[place : lines.index("", place)]
    found = [LINE.fullmatch(line) for line in table]
    assert all(found), [line for line, match in zip(table, found, strict=True) if not match]
    return [match.groups() for match in found]


def test_the_table_names_every_trigger_and_no_other(query):
    assert set(documented_triggers()) == {tuple(row.values()) for row in query.select(TRIGGERS)}


def test_the_table_is_in_the_order_of_tables_and_names():
    assert documented_triggers() == sorted(documented_triggers(), key=lambda line: (line[1], line[0]))
