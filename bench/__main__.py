"""`python -m bench` loads, serves and measures both sizes, and prints what it found. BENCH_ROWS is the large one."""

import os
from contextlib import ExitStack

from bench import employees, measure, plans, postgres, report
from bench.pages import CHANGED, READ
from bench.stand import Stand, stand

SMALL, LARGE = 5_000, int(os.environ.get("BENCH_ROWS", "1000000"))


def main() -> None:
    with postgres.started() as server, ExitStack() as stack:
        print("\n".join(plans.said(plans.of_everything(server, LARGE))), flush=True)
        small, large = (stack.enter_context(stand(server, rows)) for rows in (SMALL, LARGE))
        print(f"PostgreSQL: {server.shown()}\n\n{report.HEAD}", flush=True)
        people = _people(server)
        _print(small, large, server, people, employees.import_of_all(server))


def _people(server: postgres.Postgres) -> dict[str, measure.Figures]:
    """The pages of employees, at sizes of their own."""
    with employees.stand(server, employees.SMALL) as small, employees.stand(server, employees.LARGE) as large:
        found = {}
        for page, requests in employees.PAGES.items():
            found[page] = measure.page(requests, small, large, server)
            print(report.line(page, found[page]), flush=True)
        return found


def _print(small: Stand, large: Stand, server: postgres.Postgres, people: dict, imported: dict) -> None:
    pages = dict(people)
    for page, requests in {**READ, **CHANGED}.items():
        pages[page] = measure.page(requests, small, large, server)
        print(report.line(page, pages[page]), flush=True)
    ours, bare = measure.floor(READ["list"], large, server)
    rss, pages = large.serving.memory(), report.merged(pages)
    print(f"\nThe list: {ours:.0f} requests/s; a bare view of fifty rows: {bare:.0f}; {rss:.0f} MB a process")
    print(f"Import of {imported['rows']:,} people: {imported['seconds']} s, {imported['rss_mb']} MB")
    faults = report.missed(pages, ours / bare, rss, imported)
    print("\n".join(f"Missed: {fault}." for fault in faults) or "Every aim is met.")
    print(report.as_json(pages, ours / bare, rss, imported))


if __name__ == "__main__":
    main()
