"""What every controller needs of the request: the connection, the person, guards, what was typed, where to return."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, current_app, g, has_request_context, redirect, request, url_for
from flask_login import current_user
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge, RequestHeaderFieldsTooLarge, RequestURITooLarge
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response

from settings import Limits
from sih.dao.choices import Choices
from sih.dao.drafts import Drafts
from sih.dao.query import BACKGROUND, DatabaseFault, Query
from sih.domain import clock, policy
from sih.domain.errors import STATUS, DatabaseUnavailable, Forbidden, Refusal, WeakPin
from sih.domain.records import Employee, Problem
from sih.web import actions, application
from sih.web.actions import Action
from sih.web.masks import masked, unmasked

# Never kept, never shown again: secrets, and what belongs to the form and not to the person.
UNTYPED = {"csrf_token", "author", "seen", "next", "pin", "new_pin", "repeated_pin", "code", "token", "step"}
# What somebody whose PIN is too easy to guess may do before choosing another: choose one, or leave.
WITH_WEAK_PIN = {"pins.new", "pins.create", "login.destroy", "sign_outs.create"}
MOST_FIELDS = 1000  # of a form; the largest page has about a dozen
ADDRESS_BYTES = 8000  # of a path with its query; a search of 200 letters, kept through a sign-in, takes 5,600
HEADER_BYTES = 32_000  # of all headers together; ours are about 2 kB
AUTHOR_SECONDS = 24 * 60 * 60

View = TypeVar("View", bound=Callable)


@dataclass(frozen=True)
class Author:
    """Whom a form was made for; a form that is not fresh keeps nothing for that person."""

    id: int
    is_fresh: bool


class IdConverter(IntegerConverter):
    """A number that a bigint can hold, in the digits of ASCII; anything else is no page."""

    regex = "[0-9]+"

    def __init__(self, url_map) -> None:
        super().__init__(url_map, max=2**63 - 1)


def query() -> Query:
    """The one connection of this request, returned when it ends; or of this command, which may take its time."""
    if "query" not in g:
        g.query = Query(application.connection_pool(), None if has_request_context() else BACKGROUND)
    return g.query


def begin_again() -> None:
    """As if this request had only just come: with another connection, and with its files unread."""
    return_connection()
    for file in request.files.values():
        file.seek(0)


def return_connection(error: BaseException | None = None) -> None:
    if "query" in g:
        g.pop("query").close()


def allow_upload() -> None:
    """A form with a file may be as large as its view says (takes_upload), from whom the guard of the view lets in."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = upload_bytes(view)
    if most and current_user.is_authenticated and vars(view)["allows"](me()):
        request.max_content_length = most


def largest_body(app: Flask) -> int:
    """Bytes of the largest request that any view of this application takes."""
    return max(app.config["MAX_CONTENT_LENGTH"], *map(upload_bytes, app.view_functions.values()))


def upload_bytes(view: Callable | None) -> int:
    """How large an upload this view takes; 0: none."""
    return getattr(view, "upload_bytes", 0)


def refuse_too_long() -> None:
    """What no page of ours sends is refused before any of it is worked on."""
    environ = request.environ
    if _address_bytes() > ADDRESS_BYTES:
        raise RequestURITooLarge
    if sum(len(text) for name, text in environ.items() if name.startswith(("HTTP_", "CONTENT_"))) > HEADER_BYTES:
        raise RequestHeaderFieldsTooLarge
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    if is_form and request.get_data(cache=True).count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge


def address_over_limit() -> dict[str, int]:
    """`limit` and `over`, in bytes, of an address that refuse_too_long refused."""
    return {"limit": ADDRESS_BYTES, "over": _address_bytes() - ADDRESS_BYTES}


def _address_bytes() -> int:
    return len(request.path) + len(request.query_string)


def me() -> Employee:
    """Who is signed in."""
    return current_user._get_current_object()


def choices() -> Choices:
    """What is offered to choose from, as of this request."""
    return Choices(query(), me().small_masters_version)


def person() -> Employee | None:
    """Who is signed in, if anybody; nobody can be told while the database is gone or refuses to say."""
    if "database_is_gone" in g:
        return None
    try:
        return me() if current_user.is_authenticated else None
    except (DatabaseUnavailable, DatabaseFault):
        g.database_is_gone = True
        return None


def now() -> datetime:
    """One moment for everything that this request writes."""
    if "now" not in g:
        g.now = clock.now()
    return g.now


def public(view: View) -> View:
    """Guard: for everybody."""
    return _marked(view, guard="public")


def checks_pin(view: View) -> View:
    """Mark: its POST hashes a PIN, which takes a processor for a while; the server lets few of them run at once."""
    return _marked(view, checks_pin=True)


def answers_always(view: View) -> View:
    """Mark: its GET needs no database and waits for nothing, so the server answers it whatever the pages do."""
    return _marked(view, answers_always=True)


def takes_upload(most: int) -> Callable[[View], View]:
    """Mark: the form of this view carries a file, and its whole body may have so many bytes. From anybody whom the
    guard refuses, no more is read than of any other form."""
    return functools.partial(_marked, upload_bytes=most)


def without_token(answer: Callable) -> Callable[[View], View]:
    """What answers instead of this view where the form's token has grown old (web/error_pages.py)."""
    return functools.partial(_marked, without_token=answer)


def _marked(view: View, **marks: object) -> View:
    """The view itself, with attributes that the server and the error pages read."""
    vars(view).update(marks)
    return view


def signed_in(view: Callable) -> Callable:
    """Guard: for whoever is signed in."""
    return _guarded(view, "signed_in", lambda employee: True)


def handlers_only(view: Callable) -> Callable:
    """Guard: for handlers; anybody else who is signed in is refused."""
    return _guarded(view, "handlers_only", policy.is_handler)


def supervisors_only(view: Callable) -> Callable:
    """Guard: for supervisors; anybody else who is signed in is refused."""
    return _guarded(view, "supervisors_only", policy.is_supervisor)


def admins_only(view: Callable) -> Callable:
    """Guard: for admins; anybody else who is signed in is refused."""
    return _guarded(view, "admins_only", policy.is_admin)


def _guarded(view: Callable, name: str, allows: Callable[[Employee], bool]) -> Callable:
    @functools.wraps(view)
    def guarded(**arguments):
        if not current_user.is_authenticated:
            return application.login_manager().unauthorized()
        if me().has_weak_pin and request.endpoint not in WITH_WEAK_PIN:
            return _ask_for_pin()
        if not allows(me()):
            raise Forbidden
        return view(**arguments)

    return _marked(guarded, guard=name, allows=allows)


def _ask_for_pin() -> Response:
    """What was asked for follows when another PIN is chosen; what was sent is found there again. Raises WeakPin where
    it cannot be kept."""
    is_page = request.method in ("GET", "HEAD")
    place = request.full_path.rstrip("?") if is_page else keep_draft(me().id)
    if place is None:
        raise WeakPin
    return redirect(url_for("pins.new", next=place), 303)


def local_path(text: str | None) -> str | None:
    """A path of this site, or None: a redirect never leaves it."""
    if not text or len(text) > ADDRESS_BYTES:
        return None
    return text if text[0] == "/" and text[1:2] not in ("/", "\\") and text.isprintable() else None


def back_to(problem_id: int) -> Response:
    """To the list where it stood, or to the problem."""
    place = local_path(request.form.get("next"))
    if place is None:
        return redirect(url_for("problems.show", problem_id=problem_id), 303)
    return redirect(f"{place.partition('#')[0]}#p{problem_id}", 303)


def seen() -> int:
    """The state event that the sender's page was shown with; 0, which no problem has, if that is no number."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def typed() -> MultiDict | None:
    """What a form is filled with: what was just sent, or a draft of this person for this page."""
    if request.method == "POST":
        return request.form
    try:
        draft_id = UUID(request.args.get("draft", ""))
    except ValueError:
        return None
    fields = Drafts(query()).of(me().id, draft_id, request.path.removesuffix("/new").removesuffix("/edit"))
    return MultiDict(fields) if fields else None


def keep_draft(employee_id: int) -> str | None:
    """Keeps what was sent and gives the page that shows it again; a mere button is found where it was pressed. None
    where nothing may be kept (Drafts.keep)."""
    fields = {name: request.form.getlist(name) for name in request.form if name not in UNTYPED - {"token"}}
    pages, place = [request.path + end for end in ("/new", "/edit", "")], local_path(request.form.get("next"))
    page = next(filter(_is_page, pages), None)
    if page is None:
        return place or url_for("lists.index")
    draft_id = Drafts(query()).keep(employee_id, request.path, fields, now(), limits().drafts)
    if draft_id is None:
        return None
    return f"{page}?{urlencode({'draft': str(draft_id)} | ({'next': place} if place else {}))}"


def _is_page(path: str) -> bool:
    adapter = current_app.url_map.bind("")
    return adapter.test(path, "GET")


def author_token() -> str:
    """Who this page's forms were made for, and when, signed: how a form without its session finds its author again."""
    if "author_token" not in g:
        who = person()
        g.author_token = masked(_author().dumps([who.id, int(now().timestamp())])) if who else ""
    return g.author_token


def author() -> Author | None:
    """Whom the form that was just sent had been made for."""
    try:
        number, made_at = _author().loads(unmasked(request.form.get("author", "")) or "")
        return Author(number, now().timestamp() - made_at <= AUTHOR_SECONDS)
    except (BadData, TypeError, ValueError):
        return None


def find_to(verb: str, problem_id: int) -> Problem:
    """The problem whose form for this verb is asked for; as actions.find."""
    return actions.find(query(), me(), problem_id, verb, now())


def begin_to(verb: str, problem_id: int) -> Action:
    """What the form that was just sent is to do; as actions.begin."""
    return actions.begin(query(), me(), problem_id, verb, seen(), now())


def limits() -> Limits:
    """How much one person may send."""
    return application.settings().limits


def status(refusal: Refusal) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer that refuses; where it goes on by itself they say when."""
    headers = {"Retry-After": str(refusal.seconds)} if hasattr(refusal, "seconds") else {}
    return STATUS[type(refusal)], headers


def _author() -> URLSafeSerializer:
    return _author_of(application.settings().secret_key)


@functools.cache
def _author_of(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="author", serializer=json)
