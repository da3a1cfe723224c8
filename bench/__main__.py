"""`python -m bench` loads, serves and measures both sizes, and prints what it found. BENCH_ROWS is the large one."""

import os
from contextlib import ExitStack

from bench import (
    closing,
    employees,
    likeness,
    measure,
    notice_cost,
    plans,
    postgres,
    recaps,
    report,
    sign_ins,
    sizes,
    write_cost,
)
from bench.measure import Figures
from bench.pages import CHANGED, READ, Requests
from bench.serving import OFF
from bench.testbed import Testbed, testbed

SMALL, LARGE = 5_000, int(os.environ.get("BENCH_ROWS", "1000000"))
Pages = dict[str, Figures]


def main() -> None:
    with postgres.started() as server:
        print("\n".join(plans.lines_of(plans.of_everything(server, LARGE))), flush=True)
        print(f"Limits switched off: {', '.join(OFF)}.")
        print(f"PostgreSQL: {server.description()}\n\n{report.HEAD}", flush=True)
        pages = _of_recaps(server) | _of_people(server)
        room = sizes.measure(server)
        print("\n".join(sizes.lines_of(room)), flush=True)
        imported, cost = employees.import_of_all(server), write_cost.measure(server)
        told = notice_cost.measure(server)
        closing_wait, alike = closing.wait(server, LARGE), likeness.measure(server, LARGE)
        print("\n".join(likeness.lines_of(alike)), flush=True)
        with ExitStack() as stack:
            small, large = (stack.enter_context(testbed(server, rows)) for rows in (SMALL, LARGE))
            pages = report.merged(pages | _measured({**READ, **CHANGED}, small, large, server))
            floor = measure.floor(READ["list"], large, server)
            rss = large.serving.memory()
            crowd = sign_ins.measure(large)
    print(f"\nThe list: {floor.ours:.0f} requests/s; a bare view of fifty rows: {floor.bare:.0f};", end=" ")
    print(f"the same rows, flat: {floor.flat:.0f}; {rss:.0f} MB a process")
    print(f"Import of {imported['rows']:,} people: {imported['seconds']} s, {imported['rss_mb']} MB")
    print(
        f"Sign-ins: {crowd.rps:.0f} a second; the list's p95 meanwhile: {crowd.list_p95_during:.1f} ms, else", end=" "
    )
    print(f"{crowd.list_p95:.1f} ms")
    print(f"While a month of {LARGE:,} problems closes, a change waits {closing_wait:.0f} ms at most")
    found = (pages, floor, rss, imported, cost, told, closing_wait, crowd, likeness.as_json(alike))
    print("\n".join(f"Missed: {fault}." for fault in report.missed(*found)) or "Every aim is met.")
    print(report.as_json(*found, sizes.as_json(room)))


def _of_recaps(server: postgres.Postgres) -> Pages:
    large = recaps.TIMES * LARGE
    with recaps.testbed(server, large // recaps.SHARE) as few, recaps.testbed(server, large) as many:
        return _measured(recaps.PAGES, few, many, server)


def _of_people(server: postgres.Postgres) -> Pages:
    """The pages of employees, at sizes of their own."""
    with employees.testbed(server, employees.SMALL) as few, employees.testbed(server, employees.LARGE) as many:
        return _measured(employees.PAGES, few, many, server)


def _measured(pages: dict[str, Requests], small: Testbed, large: Testbed, server: postgres.Postgres) -> Pages:
    found = {}
    for page, requests in pages.items():
        found[page] = measure.page(requests, small, large, server)
        print(report.line(page, found[page]), flush=True)
    return found


if __name__ == "__main__":
    main()
