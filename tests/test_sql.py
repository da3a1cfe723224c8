"""Every statement of sih/dao fits the schema and the rights of the application's role: PostgreSQL plans each of them,
so that a column, table or type that is not there is found, though no page may ask for it."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import psycopg2
import pytest

from bench import databases
from sih.dao import query as query_module
from sih.dao.query import Pool
from sih.domain import clock

pytestmark = pytest.mark.shared_database  # nothing is run, only planned

DAO = Path(query_module.__file__).parent
STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
# Parts that the lists put together at import; they are planned within EVERYTHING, WAITING, SEARCH and their like.
FRAGMENTS = {"FILTERS", "NEWEST", "SAYS", "ROW", "NAMED"}
# Run by the owner, when demo data are made and when the schema is upgraded; the application may not.
OF_THE_OWNER = {"demo.MARK", "schema.SET_VERSION"}
# Where NULL alone would leave PostgreSQL to guess a type.
TYPED = {"now": clock.now(), "first": clock.now() - clock.now(), "longest": clock.now() - clock.now()}
TYPED["pause"] = TYPED["first"]


class Params(dict):
    """A value for whatever a statement asks for: NULL, but for what needs a type."""

    def __missing__(self, name: str):
        return TYPED.get(name)


def modules() -> list:
    paths = [path.relative_to(DAO) for path in sorted(DAO.rglob("*.py"))]
    return [importlib.import_module(".".join(("sih.dao", *path.with_suffix("").parts))) for path in paths]


def texts() -> dict[str, str]:
    """Every text in capitals, as in "problems.FIND"."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": value
        for module in modules()
        for constant, value in sorted(vars(module).items())
        for name, value in _texts_of(constant, value)
    }


def _texts_of(constant: str, value) -> list[tuple[str, str]]:
    """A text, or each of a table of them; what begins with an underscore is a part of others."""
    if not constant.isupper() or constant.startswith("_"):
        return []
    if isinstance(value, dict):
        return [(f"{constant} {key}", text) for key, text in value.items() if STATEMENT.match(str(text))]
    return [(constant, value)] if isinstance(value, str) and (STATEMENT.match(value) or constant in FRAGMENTS) else []


STATEMENTS = {name: text for name, text in texts().items() if name.rpartition(".")[2] not in FRAGMENTS}


@pytest.mark.parametrize("name", [name for name in STATEMENTS if name not in OF_THE_OWNER])
def test_each_statement_can_be_planned(query, name):
    assert STATEMENT.match(STATEMENTS[name])
    assert query.select(f"EXPLAIN {STATEMENTS[name]}", Params())


@pytest.mark.parametrize("name", sorted(OF_THE_OWNER))
def test_only_the_owner_marks_the_installation(admin, database, query, name):
    with databases.opened(Pool(**{**admin, "dbname": database["dbname"]})) as mighty:
        assert mighty.select(f"EXPLAIN {STATEMENTS[name]}", Params())
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query.execute(STATEMENTS[name], Params())


def test_every_statement_of_the_source_is_found():
    """None stands within a function, where this test would not see it; but for what begins and ends a transaction."""
    for module in modules():
        tree = ast.parse(inspect.getsource(module))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        inner = [node for function in functions for node in ast.walk(function) if isinstance(node, ast.Constant)]
        docstrings = {ast.get_docstring(function, clean=False) for function in functions}
        texts = {node.value for node in inner if isinstance(node.value, str)} - docstrings
        assert [text for text in texts if STATEMENT.match(text)] == [], module.__name__


def test_only_lists_are_built_of_parts():
    parts = {name for name in texts() if name not in STATEMENTS}
    assert parts == {f"problem_lists.{name}" for name in FRAGMENTS}
