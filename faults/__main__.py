"""`python -m faults [--rounds N] [--cluster]`: a line a fault, the figures as JSON, and 1 if anything was wrong."""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

from faults import checks, injections, testbeds
from faults.campaign import Outcome, tried

PARTS = {
    "embedded": (testbeds.as_new_user, injections.EMBEDDED),
    "server": (testbeds.on_a_server, injections.SERVER),
    "small disk": (testbeds.on_a_small_disk, injections.SMALL_DISK),
}
CLUSTER = {
    "cluster": (testbeds.in_a_cluster, injections.CLUSTER),
    "pgbouncer": (testbeds.behind_pgbouncer, injections.PGBOUNCER),
}
CLUSTER_ROUNDS = 3  # at most: each takes minutes


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--cluster", action="store_true", help="also the cluster, which takes minutes")
    parser.add_argument("--part", choices=PARTS | CLUSTER, action="append", help="only this one; or these")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is stopped
    folder = Path(tempfile.mkdtemp(prefix="sih-faults-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user where root starts it
    outcomes, not_run = [], []
    try:
        for part in options.part or PARTS | (CLUSTER if options.cluster else {}):
            try:
                outcomes += _tried(part, folder, options.rounds)
            except testbeds.NotRun as reason:
                not_run.append(str(reason))
                print(f"NOT RUN: {reason}", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures(outcomes) | {"rounds": options.rounds, "not_run": not_run}))
    sys.exit(any(outcome.findings for outcome in outcomes))


def _tried(part: str, folder: Path, rounds: int) -> list[Outcome]:
    """Every fault of this part, round after round."""
    stand_of, faults = (PARTS | CLUSTER)[part]
    outcomes, rounds = [], min(rounds, CLUSTER_ROUNDS) if part in CLUSTER else rounds
    with stand_of(folder) as testbed:
        for number in range(1, rounds + 1):
            for fault in faults:
                outcomes.append(tried(testbed, fault, Random(number)))
                print(f"{part}, round {number}: {outcomes[-1].line()}", flush=True)
        with testbed.opened() as query:
            if wrong := checks.closed_months(query):
                outcomes.append(Outcome("closed months", findings=wrong))
                print(outcomes[-1].line())
    return outcomes


def figures(outcomes: list[Outcome]) -> dict:
    """Of all faults together, and of each: how often, the longest until it wrote again, and the longest /healthz."""
    counts, by_fault = sum((outcome.counts for outcome in outcomes), Counter()), defaultdict(list)
    for outcome in outcomes:
        by_fault[outcome.fault].append(outcome)
    return {
        "acknowledged": counts["acknowledged"],
        "unknown": counts["unknown"],
        "errors_500": counts["500"],
        "wrong": sum(len(outcome.findings) for outcome in outcomes),
        "faults": {
            name: {
                "times": len(tries),
                "again_s": _longest(one.seconds for one in tries),
                "pause_s": _longest(one.pause for one in tries),
                "healthz_s": _longest(one.healthz for one in tries),
            }
            for name, tries in by_fault.items()
        },
    }


def _longest(seconds) -> float | None:
    return max((round(one, 2) for one in seconds if one is not None), default=None)


if __name__ == "__main__":
    main()
