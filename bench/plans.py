"""`python -m bench.plans`: no statement of bench/statements.py may read all problems or all events, by a scan or an
index, or sort more than two thousand rows for a page. The lists of open problems, by waiting time or urgency, may read
and sort as many problems as are open. Prints offenders and the slowest; exits with 1 if there are any."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench import load, postgres, statements
from bench.databases import opened
from sih.dao.query import Pool, Query

# Rows that may be sorted: as many open problems as wait at the helpdesk of 200,000 problems, and some more.
WHOLE, MOST_READ, MOST_SORTED, SHOWN = ("problem", "event"), 0.5, 2_000, 10
SLACK = 1_000  # problems of a page that are read beside the open ones, and earlier ones of their goods


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


def _plan(query: Query, rows: int, name: str, statement: str, params: dict, most: int | None = None) -> Plan:
    """`most`: the number of problems that may be read and sorted; None: half of all, and MOST_SORTED."""
    found = query.one(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", params)["QUERY PLAN"][0]
    nodes = list(_nodes(found["Plan"]))
    faults = [fault for node in nodes for fault in _faults(node, rows, most or MOST_SORTED)]
    if most and (read := sum(_read(node) for node in nodes if node.get("Relation Name") == "problem")) > most + SLACK:
        faults.append(f"reads {read:,.0f} problems where {most:,} are open")
    return Plan(name, found["Planning Time"] + found["Execution Time"], faults)


def _nodes(node: dict) -> Iterator[dict]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _faults(node: dict, rows: int, most_sorted: int) -> Iterator[str]:
    is_scan = node.get("Relation Name") in WHOLE and "Scan" in node["Node Type"]
    if is_scan and (node["Node Type"] == "Seq Scan" or _read(node) > rows * MOST_READ):
        yield f"reads all of {node['Relation Name']}"
    if node["Node Type"].endswith("Sort") and (sorted_rows := node["Plans"][0]["Actual Rows"]) > most_sorted:
        yield f"sorts {sorted_rows:,.0f} rows"


def _read(node: dict) -> float:
    """Rows that a scan returned or left out."""
    return (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]


def main() -> None:
    with postgres.started() as server:
        plans = of_everything(server, int(os.environ.get("BENCH_ROWS", "1000000")))
    print("\n".join(lines_of(plans)))
    sys.exit(any(plan.faults for plan in plans))


if __name__ == "__main__":
    main()
