"""Every route of the application as it declares itself, and whether a walk over them left the database as it was."""

import re
from dataclasses import dataclass

from flask import Flask

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
    return {name: query.select_one(CONTENT.format(name))["content"] for name in names if name not in but}
