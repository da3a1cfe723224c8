"""Injects faults under load, one after another; after each it checks that every acknowledged change is stored."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random

from faults import checks
from faults.injections import Fault
from faults.testbeds import Testbed
from faults.visitor import NoAnswer, Visitor

PATIENCE, ON = 60.0, 1.0  # seconds until writing again is given up; how long the writers go on after that
ANSWERS_WITHIN, PROBED_EVERY = 5.0, 0.2  # seconds, of /healthz


@dataclass
class Outcome:
    """Of one fault. `seconds` until the first change that was sent after it was acknowledged; `pause`, the longest time
    without any, from its beginning on."""

    fault: str
    seconds: float | None = None
    pause: float = 0.0
    healthz: float | None = None  # the longest answer in seconds, where it had to answer
    counts: Counter[str] = field(default_factory=Counter)  # changes and answers from before the fault on
    findings: list[str] = field(default_factory=list)

    def line(self) -> str:
        again = "does not write again" if self.seconds is None else f"writes again after {self.seconds:.1f} s"
        again += f", longest pause {self.pause:.1f} s"
        alive = "" if self.healthz is None else f", /healthz {self.healthz:.2f} s"
        counts = ", ".join(f"{name} {amount}" for name, amount in sorted(self.counts.items()) if amount)
        return f"{self.fault}: {again}{alive}; {counts}" + "".join(f"\n    WRONG: {one}" for one in self.findings)


def tried(testbed: Testbed, fault: Fault, dice: Random) -> Outcome:
    """Load, the fault, load again, and the look at the database. Starts the application again by hand if it must."""
    outcome, before = Outcome(fault.name), testbed.writers.ledger.totals()
    with testbed.writers.at_work():
        try:
            _befall(testbed, fault, dice, outcome)
        except TimeoutError as error:  # of the cluster itself
            outcome.findings.append(str(error))
    outcome.counts = testbed.writers.ledger.totals() - before
    if outcome.findings:
        testbed.restart()
    with testbed.opened() as query:
        outcome.findings += checks.findings(query, testbed.writers.ledger.changes)
    return outcome


def _befall(testbed: Testbed, fault: Fault, dice: Random, outcome: Outcome) -> None:
    """Returns when the application is whole and writes again, or when that is given up."""
    if not _written_since(testbed, time.monotonic()):
        outcome.findings.append("nobody could write before the fault")
    time.sleep(dice.uniform(0.5, 1.5))
    began = time.monotonic()
    with _probed(testbed, outcome, fault.answers), fault.injection(testbed, dice):
        over = time.monotonic()
        if first := _written_since(testbed, over):
            outcome.seconds = first - over
        else:
            outcome.findings.append(f"no change was acknowledged within {PATIENCE:.0f} s")
        if (outcome.seconds or 0) > fault.within:
            outcome.findings.append(f"the first change was acknowledged after more than {fault.within:.0f} s")
        time.sleep(ON)
    if not (_until(testbed.is_whole) and _written_since(testbed, time.monotonic())):
        outcome.findings.append("not ready, not with all its processes, or not writing")
    outcome.pause = testbed.writers.ledger.longest_pause(began)


def _written_since(testbed: Testbed, moment: float) -> float | None:
    """When the first change that was sent after this moment is acknowledged; None if that does not happen."""
    _until(lambda: testbed.writers.ledger.first_since(moment) is not None)
    return testbed.writers.ledger.first_since(moment)


def _until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds


@contextmanager
def _probed(testbed: Testbed, outcome: Outcome, must_answer: bool):
    """Meanwhile /healthz is asked again and again."""
    over, visitor, deaf = threading.Event(), Visitor([served.port for served in testbed.servings], "", ""), []

    def probe() -> None:
        while not over.wait(PROBED_EVERY):
            began = time.monotonic()
            with suppress(NoAnswer):
                if visitor.get("/healthz").status == 200:
                    outcome.healthz = max(outcome.healthz or 0, time.monotonic() - began)
                    continue
            deaf.append(time.monotonic() - began)

    thread = threading.Thread(target=probe)
    if must_answer:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if must_answer:
            thread.join()
    if deaf:
        outcome.findings.append(f"/healthz did not answer {len(deaf)} times, the longest for {max(deaf):.1f} s")
    if (outcome.healthz or 0) > ANSWERS_WITHIN:
        outcome.findings.append(f"/healthz took {outcome.healthz:.1f} s")
