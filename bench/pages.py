"""The measured pages and the requests for each: reading requests repeat, changing requests take a fresh problem each
time."""

from collections.abc import Callable, Iterator
from itertools import cycle
from urllib.parse import urlencode
from uuid import uuid4

from bench import words
from bench.client import Request, get, post
from bench.testbed import Testbed
from sih.dao.problems import Problems
from sih.domain import clock
from sih.forms.problem_filters import EPOCH

SEARCHES = {"list_search often": words.OFTEN, "list_search seldom": words.SELDOM, "list_search five": words.FIVE}
TITLE, DESCRIPTION = words.sentences(6, 1, 4)[0], ". ".join(words.sentences(8, 3, 5))
DETAILS = 200

Requests = Callable[[Testbed, int], Iterator[Request]]


def _sign_in(testbed: Testbed, amount: int) -> Iterator[Request]:
    return cycle([get("/login")])


def _list(**filters) -> Requests:
    def requests(testbed: Testbed, amount: int) -> Iterator[Request]:
        query = {name: value(testbed) if callable(value) else value for name, value in filters.items()}
        return cycle([get(f"/problems?{urlencode(query)}".rstrip("?"), testbed.session.cookie_line)])

    return requests


def _page_100(testbed: Testbed) -> str:
    at, number = testbed.page_100()
    return f"{int((at - EPOCH).total_seconds()) * 1_000_000 + at.microsecond}-{number}"


def _detail(testbed: Testbed, amount: int) -> Iterator[Request]:
    numbers = testbed.numbers(DETAILS)
    return cycle([get(f"/problems/{number}", testbed.session.cookie_line) for number in numbers])


def _create(testbed: Testbed, amount: int) -> Iterator[Request]:
    fields = {
        "good": f"kind:{testbed.places['asset_kind_id']}",
        "title": TITLE,
        "description": DESCRIPTION,
        "caller": "",
    }
    return iter([_form(testbed, "/problems", token=str(uuid4()), **fields) for _ in range(amount)])


def _open(testbed: Testbed, amount: int) -> Iterator[Request]:
    fields = {"category_id": testbed.places["category_id"], "priority": "high", "diagnosis": DESCRIPTION}
    return _moves(testbed, amount, "openings", is_opened=False, **fields)


def _hand_over(testbed: Testbed, amount: int) -> Iterator[Request]:
    kind = f"division:{testbed.places['division_id']}"
    return _moves(testbed, amount, "escalations", is_opened=True, kind=kind, reason=DESCRIPTION)


def _close(testbed: Testbed, amount: int) -> Iterator[Request]:
    return _moves(testbed, amount, "closures", is_opened=True, solution=DESCRIPTION)


def _moves(testbed: Testbed, amount: int, noun: str, is_opened: bool, **fields) -> Iterator[Request]:
    fresh = [_fresh(testbed, is_opened) for _ in range(amount)]
    return iter([_form(testbed, f"/problems/{number}/{noun}", seen=seen, **fields) for number, seen in fresh])


def _fresh(testbed: Testbed, is_opened: bool) -> tuple[int, int]:
    """A new problem and its last event, reported and opened as the application does it."""
    problems, me, now = Problems(testbed.query), testbed.me, clock.now()
    words = {"title": TITLE, "description": DESCRIPTION, "asset_id": None}
    number = problems.report(me, now, uuid4(), words | {"asset_kind_id": testbed.places["asset_kind_id"]})
    seen = problems.visible_to(me, number).last_event_id
    if not is_opened:
        return number, seen
    identified = {"category_id": testbed.places["category_id"], "priority": "high", "diagnosis": DESCRIPTION}
    problems.open(number, seen, me, now, identified)
    return number, problems.visible_to(me, number).last_event_id


def _form(testbed: Testbed, path: str, **fields) -> Request:
    return post(path, testbed.session.cookie_line, {**testbed.session.tokens, "next": "/problems", **fields})


READ: dict[str, Requests] = {
    "sign_in": _sign_in,
    "list": _list(),
    "list_year": _list(year=lambda testbed: testbed.places["year"]),
    "list_status": _list(status="in_progress"),
    **{page: _list(q=word) for page, word in SEARCHES.items()},
    "list_page_100": _list(after=_page_100),
    "detail": _detail,
}
CHANGED: dict[str, Requests] = {"create": _create, "open": _open, "hand_over": _hand_over, "close": _close}
