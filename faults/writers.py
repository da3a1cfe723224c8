"""Eight handlers of the helpdesk, each of whom takes one problem after another through its whole life cycle."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import uuid4

from bench.session import hidden
from faults.ledger import Change, Ledger
from faults.visitor import Answer, NoAnswer, Visitor

WRITERS, PAUSE = 8, 0.2  # seconds before a form is sent again
AGAIN = {429, 500, 502, 503, 504}  # the same form is sent again under the same token, as its page offers


class Moved(Exception):
    """The form was refused for good; this problem is left where it is."""


class Writers:
    """The load generator. It can run repeatedly; sessions and ledger stay."""

    def __init__(self, ports: list[int], niks: list[str], pin: str, choices: dict[str, int]) -> None:
        """Signs them in. `choices`: asset_kind_id, category_id and division_id that the forms name."""
        self.ledger, self._choices, self._over = Ledger(), choices, threading.Event()
        self._visitors = [Visitor(ports, niks[place % len(niks)], pin) for place in range(WRITERS)]
        for visitor in self._visitors:
            visitor.sign_in()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Returns when every writer has its last answer; raises what one of them could not make sense of."""
        self._over.clear()
        with ThreadPoolExecutor(WRITERS) as threads:
            works = [threads.submit(self._work, visitor) for visitor in self._visitors]
            try:
                yield
            finally:
                self._over.set()
        for work in works:
            work.result()

    def _work(self, visitor: Visitor) -> None:
        while not self._over.is_set():
            try:
                self._live(visitor)
            except NoAnswer:
                self.ledger.answered("no answer")
                self._over.wait(PAUSE)
            except Moved as refusal:
                self.ledger.answered(str(refusal))

    def _live(self, visitor: Visitor) -> None:
        """Report, open, comment, hand over, accept, close."""
        title = f"Kendala {uuid4()}"
        words = {
            "good": f"kind:{self._choices['asset_kind_id']}",
            "title": title,
            "description": title,
            "caller": "",
            "anyway": "1",
        }
        made = self._send(visitor, "/problems", Change("reported", None, title), words | {"token": str(uuid4())})
        number = int(made.location.rpartition("/")[2])
        identified = {"category_id": str(self._choices["category_id"]), "priority": "high"}
        self._move(visitor, number, "openings", "opened", "diagnosis", identified)
        self._send(visitor, f"/problems/{number}/comments", *_comment(number))
        target = {"kind": f"division:{self._choices['division_id']}"}
        self._move(visitor, number, "escalations", "escalated", "reason", target)
        self._accept(visitor, number)
        self._move(visitor, number, "closures", "closed", "solution", {})

    def _move(self, visitor: Visitor, number: int, noun: str, kind: str, field: str, fields: dict[str, str]) -> None:
        seen, text = self._seen(visitor, f"/problems/{number}/{noun}/new"), str(uuid4())
        words = fields | {"seen": str(seen), field: text}
        self._send(visitor, f"/problems/{number}/{noun}", Change(kind, number, text, seen), words)

    def _accept(self, visitor: Visitor, number: int) -> None:
        """Its button stands on the page of the problem."""
        seen = self._seen(visitor, f"/problems/{number}")
        self._send(
            visitor, f"/problems/{number}/acceptances", Change("accepted", number, "", seen), {"seen": str(seen)}
        )

    def _seen(self, visitor: Visitor, path: str) -> int:
        """The last state event, as this page shows it. Raises Moved if the page is refused for good."""
        while True:
            try:
                page = visitor.get(path)
                if page.status == 200:
                    return int(hidden(page.body, "seen"))
                if page.status not in AGAIN:
                    raise Moved(f"page {page.status}")
                self.ledger.answered(str(page.status))
            except NoAnswer:
                self.ledger.answered("no answer")
            self._wait()

    def _send(self, visitor: Visitor, path: str, change: Change, fields: dict[str, str]) -> Answer:
        """Until it is acknowledged. Raises Moved if it is refused for good, or when the load is over."""
        self.ledger.begin(change)
        while True:
            sent = time.monotonic()
            try:
                answer = visitor.post(path, fields)
                if answer.status == 303 and not answer.location.startswith("/login"):
                    self.ledger.acknowledge(change, sent, time.monotonic())
                    return answer
                if answer.status not in AGAIN | {303}:
                    raise Moved(f"form {answer.status}")
                self.ledger.answered(str(answer.status) if answer.status != 303 else "sign in")
            except NoAnswer:
                self.ledger.answered("no answer")
            self._wait()

    def _wait(self) -> None:
        if self._over.wait(PAUSE):
            raise Moved("left when the load ended")


def _comment(number: int) -> tuple[Change, dict[str, str]]:
    text = str(uuid4())
    return Change("commented", number, text), {"remark": text, "token": str(uuid4())}
