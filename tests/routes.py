"""Every route of the application with its declarations, and a checksum of the database's contents."""

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask

import sih
from sih.dao.query import Query

OF_FILES = {"static", "bootstrap.static"}
TABLES = "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
CONTENT = "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '-') AS content FROM {} t"


@dataclass(frozen=True)
class Route:
    endpoint: str
    rule: str
    methods: frozenset[str]
    guard: str | None

    @property
    def is_of_a_problem(self) -> bool:
        return "<id:problem_id>" in self.rule

    def path(self, problem_id: int, row: int | None = None) -> str:
        """With this problem; of anything else a page is of the first row, and a form, where no `row` is named, of one
        that is not there."""
        other = row or (1 if "GET" in self.methods else 999999)
        return re.sub("<[^>]*>", str(other), self.rule.replace("<id:problem_id>", str(problem_id)))

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<([^>]*)>", self.rule)


def routes(app: Flask, method: str | None = None) -> list[Route]:
    """All routes but those of files; only those that take this method, if one is named."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OF_FILES]
    guards = {name: getattr(view, "guard", None) for name, view in app.view_functions.items()}
    found = [Route(rule.endpoint, rule.rule, frozenset(rule.methods), guards[rule.endpoint]) for rule in rules]
    return [route for route in found if method is None or method in route.methods]


def contents(query: Query, but: tuple[str, ...] = ()) -> dict[str, str]:
    """How many rows every table holds, and a checksum of them."""
    names = sorted(row["name"] for row in query.select(TABLES))
    return {name: query.one(CONTENT.format(name))["content"] for name in names if name not in but}


def hashes_a_pin(view: Callable) -> bool:
    """Whether this view calls, itself or through functions of the application, what hashes a PIN or compares one."""
    function = inspect.unwrap(view)
    return (inspect.getsourcefile(function), function.__name__) in _hashing()


@cache
def _hashing() -> set[tuple[str, str]]:
    """File and name of each function from which domain/pins.py hashes or compares a PIN, found by the names it calls. A
    private name, and a view's, counts in its own file only: other files have their own of the same name."""
    calls = {}
    for path in Path(sih.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                calls[str(path), node.name] = _called(node) | calls.get((str(path), node.name), set())
    found = {
        (path, name) for path, name in calls if path.endswith("sih/domain/pins.py") and name in ("hash_pin", "matches")
    }
    before = None
    while before != found:
        before = set(found)
        everywhere = {name for path, name in found if not name.startswith("_") and "/controllers/" not in path}
        here = {path: {name for where, name in found if where == path} for path, _ in calls}
        found |= {key for key, called in calls.items() if called & (everywhere | here[key[0]])}
    return found


def _called(node: ast.FunctionDef) -> set[str]:
    calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
