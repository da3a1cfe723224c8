"""`python -m bench.plans`: no statement of bench/statements.py may read all problems or all events, by a scan or an
index, or sort more than two thousand rows for a page. Prints offenders and the slowest; exits with 1 if there are
any."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench import load, postgres, statements
from bench.databases import opened
from sih.dao.query import Pool, Query

# Rows that may be sorted: as many open problems as wait at the helpdesk of 200,000 problems, and some more.
WHOLE, MOST_READ, MOST_SORTED, SHOWN = ("problem", "event"), 0.5, 2_000, 10


@dataclass(frozen=True)
class Plan:
    name: str
    milliseconds: float
    faults: list[str]


def of_everything(server: postgres.Postgres, rows: int) -> list[Plan]:
    """The plans of all statements at so many problems, as the application's role."""
    database = load.kept(server, rows)
    with opened(Pool(**server.admin | server.app, dbname=database)) as query:
        return [_plan(query, rows, *each) for each in statements.everything(query)]


def lines_of(plans: list[Plan]) -> Iterator[str]:
    """The faults, and the slowest."""
    for plan in plans:
        yield from (f"{plan.name}: {fault}" for fault in plan.faults)
    slowest = sorted(plans, key=lambda plan: -plan.milliseconds)[:SHOWN]
    yield f"{len(plans)} plans, {sum(bool(plan.faults) for plan in plans)} with faults; the slowest:"
    yield from (f"{plan.milliseconds:9.1f} ms  {plan.name}" for plan in slowest)


def _plan(query: Query, rows: int, name: str, statement: str, params: dict) -> Plan:
    found = query.one(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", params)["QUERY PLAN"][0]
    faults = [fault for node in _nodes(found["Plan"]) for fault in _faults(node, rows)]
    return Plan(name, found["Planning Time"] + found["Execution Time"], faults)


def _nodes(node: dict) -> Iterator[dict]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _faults(node: dict, rows: int) -> Iterator[str]:
    if node.get("Relation Name") in WHOLE and "Scan" in node["Node Type"] and _is_whole(node, rows):
        yield f"reads all of {node['Relation Name']}"
    if node["Node Type"].endswith("Sort") and (sorted_rows := node["Plans"][0]["Actual Rows"]) > MOST_SORTED:
        yield f"sorts {sorted_rows:,.0f} rows"


def _is_whole(node: dict, rows: int) -> bool:
    """Also of an index without a condition that is not left before half as many as there are problems."""
    read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return node["Node Type"] == "Seq Scan" or ("Index Cond" not in node and read > rows * MOST_READ)


def main() -> None:
    with postgres.started() as server:
        plans = of_everything(server, int(os.environ.get("BENCH_ROWS", "1000000")))
    print("\n".join(lines_of(plans)))
    sys.exit(any(plan.faults for plan in plans))


if __name__ == "__main__":
    main()
