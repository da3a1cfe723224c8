"""Request helpers of every controller: the database connection, the signed-in person, guards, form data, redirects."""

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
from sih.domain.text import clean
from sih.web import actions, application
from sih.web.actions import Action
from sih.web.masks import masked, unmasked

# Form fields that drafts and error pages never keep: secrets, and fields that the page filled in itself.
UNTYPED = {"csrf_token", "author", "seen", "next", "pin", "new_pin", "repeated_pin", "code", "token"}
UNTYPED |= {"step", "ready_text"}
# The endpoints open to a person with a weak PIN: choosing another PIN, and signing out.
WITH_WEAK_PIN = {"pins.new", "pins.create", "login.destroy", "sign_outs.create"}
MOST_FIELDS = 1000  # of a form; the largest form has about a dozen
ADDRESS_BYTES = 8000  # of path and query; a search of 200 letters inside the `next` of the sign-in page takes 5,600
HEADER_BYTES = 32_000  # of all headers; browsers send about 2 kB
AUTHOR_SECONDS = 24 * 60 * 60

View = TypeVar("View", bound=Callable)


@dataclass(frozen=True)
class Author:
    """The person for whom a form was rendered. Only a fresh form (AUTHOR_SECONDS) may keep a draft for that person."""

    id: int
    is_fresh: bool


class IdConverter(IntegerConverter):
    """An id in a path: ASCII digits, within bigint; anything else is a 404."""

    regex = "[0-9]+"

    def __init__(self, url_map) -> None:
        super().__init__(url_map, max=2**63 - 1)


def query() -> Query:
    """The database connection of this request, with its time limit, or of this command, with those of the background.
    Returned to the pool at the end of the context."""
    if "query" not in g:
        g.query = Query(application.connection_pool(), None if has_request_context() else BACKGROUND)
    return g.query


def begin_again() -> None:
    """Prepares a second run of this request: another connection, and uploaded files rewound."""
    return_connection()
    for files in request.files.listvalues():
        for file in files:
            file.seek(0)


def return_connection(error: BaseException | None = None) -> None:
    """Returns the connection to the pool; `error` is unused, Flask passes it at teardown."""
    if "query" in g:
        g.pop("query").close()


def allow_upload() -> None:
    """Raises the size limit of this request to that of its view (takes_upload), if the view's guard admits the
    person."""
    view = current_app.view_functions.get(request.endpoint or "")
    most = upload_bytes(view)
    if most and current_user.is_authenticated and vars(view)["allows"](me()):
        request.max_content_length = most


def largest_body(app: Flask) -> int:
    """The size limit, in bytes, of the view that accepts the largest requests."""
    return max(app.config["MAX_CONTENT_LENGTH"], *map(upload_bytes, app.view_functions.values()))


def upload_bytes(view: Callable | None) -> int:
    """The size limit, in bytes, of an upload to this view; 0: no upload."""
    return getattr(view, "upload_bytes", 0)


def refuse_too_long() -> None:
    """Refuses requests that no page of SIH sends, before any work. Raises RequestURITooLarge,
    RequestHeaderFieldsTooLarge or RequestEntityTooLarge."""
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
    """The signed-in person; only for views with a guard other than `public`."""
    return current_user._get_current_object()


def choices() -> Choices:
    """The choices of select fields, with small master data of the version that this request has seen."""
    return Choices(query(), me().small_masters_version)


def person() -> Employee | None:
    """The signed-in person or None; also None while the database cannot answer."""
    if "database_is_gone" in g:
        return None
    try:
        return me() if current_user.is_authenticated else None
    except (DatabaseUnavailable, DatabaseFault):
        g.database_is_gone = True
        return None


def now() -> datetime:
    """The moment of this request; everything it writes has the same one."""
    if "now" not in g:
        g.now = clock.now()
    return g.now


def public(view: View) -> View:
    """Guard: everybody."""
    return _marked(view, guard="public")


def checks_pin(view: View) -> View:
    """Mark: a POST to this view hashes a PIN, which occupies a processor. The server runs one at a time per process."""
    return _marked(view, checks_pin=True)


def answers_always(view: View) -> View:
    """Mark: a GET of this view needs no database and never waits, so the server answers it in a thread of its own."""
    return _marked(view, answers_always=True)


def converts(view: View) -> View:
    """Mark: a POST to this view converts a photo, which takes up to a second. The server runs one at a time per
    process."""
    return _marked(view, converts=True)


def takes_upload(most: int) -> Callable[[View], View]:
    """Mark: this view accepts a file, in a body of at most `most` bytes. People whom the guard refuses keep the limit
    of other forms."""
    return functools.partial(_marked, upload_bytes=most)


def without_token(answer: Callable) -> Callable[[View], View]:
    """Mark: `answer()` replaces this view when the form's CSRF token is no longer valid (web/error_pages.py)."""
    return functools.partial(_marked, without_token=answer)


def _marked(view: View, **marks: object) -> View:
    """Sets attributes of the view, which the server, error pages and tests read. Returns the view."""
    vars(view).update(marks)
    return view


def signed_in(view: Callable) -> Callable:
    """Guard: everybody who is signed in."""
    return _guarded(view, "signed_in", lambda employee: True)


def handlers_only(view: Callable) -> Callable:
    """Guard: handlers."""
    return _guarded(view, "handlers_only", policy.is_handler)


def supervisors_only(view: Callable) -> Callable:
    """Guard: supervisors."""
    return _guarded(view, "supervisors_only", policy.is_supervisor)


def admins_only(view: Callable) -> Callable:
    """Guard: admins."""
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
    """Redirects to the form for a new PIN, which leads on to the requested page, or to a draft of what was sent. Raises
    WeakPin if no draft can be kept."""
    is_page = request.method in ("GET", "HEAD")
    place = request.full_path.rstrip("?") if is_page else keep_draft(me().id)
    if place is None:
        raise WeakPin
    return redirect(url_for("pins.new", next=place), 303)


def local_path(text: str | None) -> str | None:
    """`text` if it is a path on this site, else None. Prevents redirects to other sites."""
    if not text or len(text) > ADDRESS_BYTES:
        return None
    return text if text[0] == "/" and text[1:2] not in ("/", "\\") and text.isprintable() else None


def back_to(problem_id: int) -> Response:
    """A redirect to the form's `next` page, scrolled to this problem, or to the problem's page."""
    place = local_path(request.form.get("next"))
    if place is None:
        return redirect(url_for("problems.show", problem_id=problem_id), 303)
    return redirect(f"{place.partition('#')[0]}#p{problem_id}", 303)


def seen() -> int:
    """The id of the last state event (or the row version) that the page of this form showed. 0, which matches nothing,
    if it is missing or malformed."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def typed() -> MultiDict | None:
    """The values of a form: what was just sent, or this person's draft for this page; None if there are none."""
    if request.method == "POST":
        return request.form
    try:
        draft_id = UUID(request.args.get("draft", ""))
    except ValueError:
        return None
    fields = Drafts(query()).of(me().id, draft_id, request.path.removesuffix("/new").removesuffix("/edit"))
    return MultiDict(fields) if fields else None


def keep_draft(employee_id: int) -> str | None:
    """Stores the sent form as a draft and returns the URL of the page that restores it. A button without a form needs
    no draft: returns the page it was on. None if the draft may not be stored (Drafts.keep)."""
    fields = {name: request.form.getlist(name) for name in request.form if name not in UNTYPED - {"token"}}
    page, place = page_address(), local_path(request.form.get("next"))
    if not page:
        return place or url_for("lists.index")
    draft_id = Drafts(query()).keep(employee_id, request.path, fields, now(), limits().drafts)
    if draft_id is None:
        return None
    return f"{page}?{urlencode({'draft': str(draft_id)} | ({'next': place} if place else {}))}"


def page_address() -> str:
    """The address of this page, or of the page whose form was sent to this address; '' if there is none."""
    if request.method in ("GET", "HEAD"):
        return clean(request.full_path.rstrip("?"))
    return next(filter(_is_page, [request.path + end for end in ("/new", "/edit", "")]), "")


def here(**changes) -> str:
    """The address of this page with these parameters, and without `ticked`, which is for one visit only."""
    args = {name: request.args.getlist(name) for name in request.args if name != "ticked"} | changes
    return f"{request.path}?{urlencode(args, doseq=True)}" if args else request.path


def _is_page(path: str) -> bool:
    adapter = current_app.url_map.bind("")
    return adapter.test(path, "GET")


def author_token() -> str:
    """A signed token for the forms of this page: person and time. It identifies the author of a form whose session has
    ended. Empty if nobody is signed in."""
    if "author_token" not in g:
        who = person()
        g.author_token = masked(_author().dumps([who.id, int(now().timestamp())])) if who else ""
    return g.author_token


def author() -> Author | None:
    """The author of the sent form, by its author_token; None without a valid one."""
    try:
        number, made_at = _author().loads(unmasked(request.form.get("author", "")) or "")
        return Author(number, now().timestamp() - made_at <= AUTHOR_SECONDS)
    except (BadData, TypeError, ValueError):
        return None


def find_to(verb: str, problem_id: int) -> Problem:
    """actions.find for the signed-in person, now."""
    return actions.find(query(), me(), problem_id, verb, now())


def begin_to(verb: str, problem_id: int) -> Action:
    """actions.begin for the signed-in person and the `seen` of the sent form."""
    return actions.begin(query(), me(), problem_id, verb, seen(), now())


def limits() -> Limits:
    """The limits of how much one person may send."""
    return application.settings().limits


def status(refusal: Refusal) -> tuple[int, dict[str, str]]:
    """Status and headers for this refusal; Retry-After if it knows its seconds."""
    headers = {"Retry-After": str(refusal.seconds)} if hasattr(refusal, "seconds") else {}
    return STATUS[type(refusal)], headers


def _author() -> URLSafeSerializer:
    return _author_of(application.settings().secret_key)


@functools.cache
def _author_of(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="author", serializer=json)
