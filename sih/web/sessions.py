"""Sessions: the cookie, beginning and end of a session, and finding the signed-in person of a request."""

from datetime import timedelta
from uuid import UUID

from flask import Flask, current_app, flash, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, login_user, logout_user
from itsdangerous import URLSafeTimedSerializer
from werkzeug.wrappers import Response

from sih import web
from sih.dao.employees import Employees
from sih.dao.query import DatabaseFault
from sih.dao.sessions import Sessions
from sih.domain import pins
from sih.domain.errors import Frozen, NotFound, Refusal, SessionLost
from sih.domain.pin_rules import weakness
from sih.domain.records import Account, Employee
from sih.web import application, known_browsers, security_events
from sih.web.hosts import cookie_name
from sih.web.i18n import gettext, moment, zone_name
from sih.web.signin import SignIn, Visitor

TOUCHED_EVERY = timedelta(minutes=10)
BY_ITSELF = "X-Sih-By-Itself"  # the header of automatic requests (static/js/poll.js)


class Cookies(SecureCookieSessionInterface):
    """Flask's session interface without `Vary: Cookie` on the form of a new report. Going "back" after sending must
    show the cached form with its token; a new token would create a second problem (RFC 9111, 4.1)."""

    _serializer: URLSafeTimedSerializer | None = None  # cached: creating it takes longer than reading a cookie

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def save_session(self, app, session, response) -> None:
        super().save_session(app, session, response)
        if request.endpoint == "problems.new":
            response.vary = [name for name in response.vary if name != "Cookie"]


def init_app(app: Flask) -> None:
    app.session_interface = Cookies()
    manager = LoginManager(app, add_context_processor=False)  # templates use web.person()
    app.extensions["login_manager"] = manager
    manager.user_loader(_load)
    manager.unauthorized_handler(_ask_to_sign_in)


def enter(account: Account, pin: str) -> Response:
    """Starts a session for this account after its PIN was accepted, and remembers the NIK in the browser's cookie.
    Returns the redirect to the next page."""
    chosen = {name: session[name] for name in ("language", "theme") if name in session}
    started, before = _start(account, has_weak_pin=weakness(pin, account.nik) is not None)
    session.clear()
    session.update(chosen)
    login_user(_load(str(started)))
    if before:
        flash(_last_time(before))
    response = redirect(next_page(), 303)
    browser = _browser()
    browser.remember(account.nik, web.now())
    response.set_cookie(
        _browser_cookie(),
        known_browsers.to_cookie(browser, application.settings().secret_key),
        max_age=known_browsers.KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


def leave(place: str) -> Response:
    """Signs out in this browser, clears its cache and redirects to `place`."""
    logout_user()
    session.clear()
    response = redirect(place, 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def visitor(nik: str) -> Visitor:
    """The visitor of this request, for the limits of sign-in with this NIK."""
    browser, now = _browser(), web.now()
    known = browser.number if browser.knows(nik, now) else None
    return Visitor(security_events.here().address, known, not browser.knows_any(now))


def sign_in() -> SignIn:
    settings = application.settings()
    return SignIn(web.query(), settings.pin_key, web.now(), settings.wrong_pins_alarm, security_events.here())


def opened(employee_id: int) -> list[dict]:
    """The open sessions of this person, as Sessions.of() returns them."""
    return Sessions(web.query()).of(employee_id, **_limits())


def named_session() -> UUID:
    """The id of the session that the form names. Raises NotFound if it names none."""
    number = _uuid(request.form.get("session"))
    if number is None:
        raise NotFound
    return number


def next_page() -> str:
    """The page requested before signing in, or else the one that this person starts with."""
    return web.local_path(request.values.get("next")) or start_page(web.person())


def start_page(employee: Employee | None) -> str:
    """The form of a report if this person chose it, or else the list."""
    return url_for("problems.new" if employee and employee.starts_with_report else "lists.index")


def _start(account: Account, has_weak_pin: bool) -> tuple[UUID, dict | None]:
    address, browser = security_events.here().address, security_events.here().browser
    replaced = _uuid(session.get("_user_id"))
    check = pins.key_check(application.settings().pin_key)
    return Sessions(web.query()).start(account, web.now(), address, browser, replaced, has_weak_pin, check)


def _last_time(before: dict) -> str:
    """A sentence about the previous sign-in of this person: time, address, browser."""
    place = {"at": f"{moment(before['at'])} {zone_name()}", "address": before["address"]}
    if not before["browser"]:
        return gettext("Terakhir masuk: %(at)s, dari %(address)s.", **place)
    named = gettext("%(browser)s di %(system)s", browser=before["browser"], system=before["system"])
    return gettext("Terakhir masuk: %(at)s, dari %(address)s, dengan %(browser)s.", **place, browser=named)


def _load(user_id: str) -> Employee | None:
    """Flask-Login's user loader: the person signed in with the session id of the cookie, or None."""
    number = _uuid(user_id)
    if number is None:
        return None
    try:
        employee = Employees(web.query()).signed_in(number, **_limits())
    except Frozen:
        g.is_frozen = True
        return None
    if employee and employee.seen_at and web.now() - employee.seen_at > TOUCHED_EVERY and _is_use():
        _touch(number)
    return employee


def _limits() -> dict:
    settings, now = application.settings(), web.now()
    return {
        "started_after": now - timedelta(days=settings.session_days),
        "seen_after": now - timedelta(hours=settings.session_idle_hours),
    }


def _is_use() -> bool:
    """Whether a person made this request. Polling, retries of the "database unavailable" page and prefetching do not
    extend a session."""
    is_retry = session.pop("retries", False)
    return not (is_retry or BY_ITSELF in request.headers or "Sec-Purpose" in request.headers)


def _touch(session_id: UUID) -> None:
    """Records the use of a session. A failure is only logged: the page itself may still work, and if the database is
    unavailable, its next statement fails."""
    try:
        Sessions(web.query()).touch(session_id, web.now())
    except (Refusal, DatabaseFault) as error:
        current_app.logger.warning("session not touched: %s", error)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _ask_to_sign_in() -> Response:
    """Redirects to the sign-in page, which leads back to the requested page. Raises SessionLost for a sent form, whose
    content must be kept first."""
    if request.method not in ("GET", "HEAD"):
        raise SessionLost  # handled in sih/web/error_pages.py
    return redirect(sign_in_page(request.full_path.rstrip("?")))


def sign_in_page(place: str, *, is_lost: bool = False) -> str:
    """The address of the sign-in page, which leads on to `place`. The page says that the account is frozen or, with
    `is_lost`, that the session has ended."""
    is_frozen = forget_frozen()
    is_over = is_lost and not is_frozen
    return url_for("login.new", next=place, frozen=1 if is_frozen else None, lost=1 if is_over else None)


def forget_frozen() -> bool:
    """Whether this request belongs to a frozen account. If so, the session is removed from the browser, so that the
    next person does not see this message."""
    is_frozen = g.pop("is_frozen", False)
    if is_frozen:
        logout_user()
    return is_frozen


def _browser_cookie() -> str:
    return cookie_name("sih_browser", current_app.config["SESSION_COOKIE_SECURE"])


def _browser() -> known_browsers.Browser:
    return known_browsers.from_cookie(request.cookies.get(_browser_cookie()), application.settings().secret_key)
