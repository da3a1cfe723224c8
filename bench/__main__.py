"""`python -m bench` loads, serves and measures both sizes, and prints what it found. BENCH_ROWS is the large one."""

import os
from contextlib import ExitStack

from bench import employees, measure, plans, postgres, report
from bench.pages import CHANGED, READ
from bench.stand import Stand, stand

SMALL, LARGE = 5_000, int(os.environ.get("BENCH_ROWS", "1000000"))


def main() -> None:
    with postgres.started() as server, ExitStack() as stack:
        faults = report.missed(pages, ours / bare, rss, imported)
    print("\n".join(f"Missed: {fault}." for fault in faults) or "Every aim is met.")
    print(report.as_json(pages, ours / bare, rss, imported))


if __name__ == "__main__":
    main()
