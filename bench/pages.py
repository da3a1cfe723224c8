"""The measured pages and the requests for each: reading requests repeat, changing requests take a fresh problem each
time."""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import cycle
from urllib.parse import urlencode
from uuid import uuid4

from bench import words
from bench.client import Request, get, post
from bench.company import LARGE_STORE
from bench.testbed import Testbed
from sih.dao.problems import Problems
from sih.domain import clock
from sih.domain.records import Employee
from sih.forms.problem_filters import EPOCH

SEARCHES = {
    "list_search often": words.OFTEN,
    "list_search seldom": words.SELDOM,
    "list_search five": words.FIVE,
    "list_search none": "tidakada",
    "search_reporter name": "Pelapor 3 dari T00777",
    "search_reporter nik": "100007773",
    "search_reporter frequent": "pelapor toko",
    "search_solution": words.SOLVED,
    "search_number whole": words.CALLED.replace("-", "") + "0507",
    "search_number beginning": "0812",
}
TITLE, DESCRIPTION = words.sentences(6, 1, 4)[0], ". ".join(words.sentences(8, 3, 5))
DETAILS = 200
BULK, MOST_BULK = 50, 400

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


def _changes(testbed: Testbed, amount: int) -> Iterator[Request]:
    """As an open page of the list asks again and again."""
    page = testbed.session.page("/problems")
    address = unescape(re.search(r'data-changes="([^"]*)"', page)[1])
    rows = ",".join(re.findall(r'id="p(\d+)"', page))
    answer = json.loads(testbed.session.page(f"{address}&rows={rows}"))
    return cycle([get(f"{address}&rows={rows}&cursor={answer['cursor']}", testbed.session.cookie_line)])


def _detail(testbed: Testbed, amount: int) -> Iterator[Request]:
    numbers = testbed.numbers(DETAILS)
    return cycle([get(f"/problems/{number}", testbed.session.cookie_line) for number in numbers])


def _page(path: str) -> Requests:
    return lambda testbed, amount: cycle([get(path, testbed.session.cookie_line)])


def _create(testbed: Testbed, amount: int) -> Iterator[Request]:
    fields = {
        "good": f"kind:{testbed.places['asset_kind_id']}",
        "title": TITLE,
        "anyway": "1",
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


def _bulk_close(testbed: Testbed, amount: int) -> Iterator[Request]:
    """Fewer requests than others, as each takes fifty fresh problems: enough for all that are measured one after
    another. At once they may be repeated, which changes nothing and is somewhat faster."""
    picked = [_fifty_opened(testbed) for _ in range(min(amount, MOST_BULK))]
    return cycle([_form(testbed, "/bulk-actions", verb="close", picked=each, solution=DESCRIPTION) for each in picked])


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


def _fifty_opened(testbed: Testbed) -> list[str]:
    """What the checkboxes of fifty new problems carry that were opened at once."""
    problems, me, now = Problems(testbed.query), testbed.me, clock.now()
    words = {"title": TITLE, "description": DESCRIPTION, "asset_id": None}
    words["asset_kind_id"] = testbed.places["asset_kind_id"]
    with testbed.query.transaction():  # one commit for all
        numbers = [problems.report(me, now, uuid4(), words) for _ in range(BULK)]
    identified = {"category_id": testbed.places["category_id"], "priority": "high", "diagnosis": DESCRIPTION}
    problems.move("open", _seen(problems, me, numbers), me, now, **identified)
    return [f"{number}-{event}" for number, event in _seen(problems, me, numbers).items()]


def _seen(problems: Problems, me: Employee, numbers: list[int]) -> dict[int, int]:
    return {problem.id: problem.last_event_id for problem in problems.all_visible_to(me, numbers)}


def _form(testbed: Testbed, path: str, **fields) -> Request:
    return post(path, testbed.session.cookie_line, {**testbed.session.tokens, "next": "/problems", **fields})


READ: dict[str, Requests] = {
    "sign_in": _sign_in,
    "list": _list(all=1),
    "list_own": _list(),
    "list_oldest": _list(all=1, order="oldest"),
    "list_urgent": _list(all=1, order="urgent"),
    "list_reporter NIK": _list(reporter="100000023"),
    "list_reporter name": _list(reporter="Pelapor 3 dari T00002"),
    "list_category": _list(category=lambda testbed: testbed.places["category_id"]),
    "list_store_name": _list(store=f"Toko Nomor {LARGE_STORE}"),
    "list_year": _list(year=lambda testbed: testbed.places["year"]),
    "list_status": _list(status="in_progress"),
    **{page: _list(q=word) for page, word in SEARCHES.items()},
    "list_page_100": _list(after=_page_100),
    "list_changes": _changes,
    "detail": _detail,
    "notices": _page("/notices"),
    "notice_count": _page("/keys"),  # a page of nothing but its header
}
CHANGED: dict[str, Requests] = {
    "create": _create,
    "open": _open,
    "hand_over": _hand_over,
    "close": _close,
    "bulk_close_50": _bulk_close,
}
