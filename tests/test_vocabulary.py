"""The words of the domain have one home, and the schema of a real database knows the same ones."""

import ast
import re
from pathlib import Path

import pytest

from sih.domain import vocabulary
from sih.domain.lifecycle import ARROWS, STARTS
from sih.domain.policy import RULES
from sih.sheets.cells import date_of

ROOT = Path(__file__).resolve().parent.parent
ENUMS = """
SELECT t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS words
FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
WHERE t.typnamespace = current_schema()::regnamespace
GROUP BY t.typname
"""
CHECK = "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = %(name)s"
KINDS_THAT_MOVE_NOTHING = "SELECT k::text AS kind FROM unnest(enum_range(NULL::event_kind)) AS k WHERE moves_nothing(k)"
# What SQL alone knows: no person reads these words, or each has its place in one template.
OF_SQL_ALONE = {"audit_kind", "job_state", "question_ending"}
OF_ENUMS = {
    "employee_role": vocabulary.ROLES,
    "problem_status": vocabulary.STATUSES,
    "problem_priority": vocabulary.PRIORITIES,
    "event_kind": vocabulary.EVENTS,
    "recap_dimension": ("all", *vocabulary.DIMENSIONS, "reported_on"),
    "recap_measure": vocabulary.MEASURES,
    "import_state": vocabulary.IMPORT_STATES,
    "security_kind": vocabulary.SECURITY_EVENTS,
}
OF_CHECKS = {
    "store_time_zone_known": vocabulary.ZONES,
    "employee_language_known": vocabulary.LANGUAGES,
    "employee_theme_known": vocabulary.THEMES,
    "import_change_kind_known": vocabulary.IMPORT_CHANGES,
}

pytestmark = pytest.mark.shared_database


def quoted(sql: str) -> list[str]:
    return re.findall(r"'([^']*)'", sql)


def test_the_types_of_the_schema_have_these_words_in_this_order(query):
    found = {row["name"]: row["words"] for row in query.select(ENUMS)}
    assert {name: words for name, words in found.items() if name not in OF_SQL_ALONE} == {
        name: list(words) for name, words in OF_ENUMS.items()
    }


@pytest.mark.parametrize("name", OF_CHECKS)
def test_the_constraints_of_the_schema_have_these_words(query, name):
    assert quoted(query.one(CHECK, {"name": name})["text"]) == list(OF_CHECKS[name])


def test_the_schema_says_which_events_move_nothing(query):
    assert [row["kind"] for row in query.select(KINDS_THAT_MOVE_NOTHING)] == list(vocabulary.MOVES_NOTHING)


def test_an_event_is_the_report_or_an_arrow_or_moves_nothing():
    kinds = ["reported", "corrected", *[arrow.event for arrow in ARROWS.values()], *vocabulary.MOVES_NOTHING]
    assert sorted(kinds) == sorted(vocabulary.EVENTS)
    assert list(vocabulary.VERBS) == list(RULES) and set(RULES) == set(STARTS) == {
        *ARROWS,
        "confirm",
        "correct",
        "ask",
        "unask",
    }


def test_a_month_is_read_as_it_is_written():
    for number in range(12):
        for names in (*vocabulary.MONTHS.values(), *vocabulary.SHORT_MONTHS.values()):
            assert date_of(f"5 {names[number]} 2026") == f"2026-{number + 1:02}-05"


def copies(path: Path) -> list[int]:
    """The lines of tables in this module that give again the words of one in vocabulary.py."""
    tables = [tuple(table.items()) for table in vars(vocabulary).values() if isinstance(table, dict)]
    tables += [tuple(names) for months in (vocabulary.MONTHS, vocabulary.SHORT_MONTHS) for names in months.values()]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict | ast.Tuple | ast.List):
            try:
                table = ast.literal_eval(node)
                table = tuple(table.items()) if isinstance(table, dict) else tuple(table)
            except (TypeError, ValueError):  # not a constant
                continue
            if table in tables:
                found.append(node.lineno)
    return found


def test_no_module_has_these_words_a_second_time():
    modules = [path for path in (ROOT / "sih").rglob("*.py") if path.name != "vocabulary.py"]
    assert {path.name: lines for path in modules if (lines := copies(path))} == {}
