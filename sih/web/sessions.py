"""Sessions: how they are kept, begin in a browser, and are found again or not at the next click."""

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
BY_ITSELF = "X-Sih-By-Itself"  # the header of a request that a page makes without being asked to (static/js/poll.js)


class Cookies(SecureCookieSessionInterface):
    """Flask's, with one exception from `Vary: Cookie`: the page of a new report is what one goes back to after sending
    it, and its form carries the token of what was sent; another one would make a second problem (RFC 9111, 4.1)."""

    _serializer: URLSafeTimedSerializer | None = None  # made once: making it takes longer than reading a cookie

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
    manager = LoginManager(app, add_context_processor=False)  # pages ask web.person()
    app.extensions["login_manager"] = manager
    manager.user_loader(_load)
    manager.unauthorized_handler(_ask_to_sign_in)


def enter(account: Account, pin: str) -> Response:
    """Starts the session of this account, which this PIN has opened, in a browser that is from now on known to its
    NIK."""
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
    """Ends this browser's session, and on to `place`; nothing of it stays in the cache."""
    logout_user()
    session.clear()
    response = redirect(place, 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def visitor(nik: str) -> Visitor:
    """Where this request comes from."""
    browser, now = _browser(), web.now()
    known = browser.number if browser.knows(nik, now) else None
    return Visitor(security_events.here().address, known, not browser.knows_any(now))


def sign_in() -> SignIn:
    settings = application.settings()
    return SignIn(web.query(), settings.pin_key, web.now(), settings.wrong_pins_alarm, security_events.here())


def opened(employee_id: int) -> list[dict]:
    """The sessions in which this person is signed in now, as Sessions.of() gives them."""
    return Sessions(web.query()).of(employee_id, **_limits())


def named_session() -> UUID:
    """The session that the form names. Raises NotFound where it names none."""
    number = _uuid(request.form.get("session"))
    if number is None:
        raise NotFound
    return number


def next_page() -> str:
    """Where one wanted to go before signing in, else the list."""
    return web.local_path(request.values.get("next")) or url_for("lists.index")


def _start(account: Account, has_weak_pin: bool) -> tuple[UUID, dict | None]:
    address, browser = security_events.here().address, security_events.here().browser
    replaced = _uuid(session.get("_user_id"))
    check = pins.key_check(application.settings().pin_key)
    return Sessions(web.query()).start(account, web.now(), address, browser, replaced, has_weak_pin, check)


def _last_time(before: dict) -> str:
    """When and from where this person signed in before, for who has just signed in."""
    place = {"at": f"{moment(before['at'])} {zone_name()}", "address": before["address"]}
    if not before["browser"]:
        return gettext("Terakhir masuk: %(at)s, dari %(address)s.", **place)
    named = gettext("%(browser)s di %(system)s", browser=before["browser"], system=before["system"])
    return gettext("Terakhir masuk: %(at)s, dari %(address)s, dengan %(browser)s.", **place, browser=named)


def _load(user_id: str) -> Employee | None:
    """Flask-Login's: who is signed in, by the number of the session that the cookie names."""
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
    """Whether a person asked for this: not a page that looks whether work is done, tries again while the database is
    gone, or is fetched ahead of a click."""
    is_retry = session.pop("retries", False)
    return not (is_retry or BY_ITSELF in request.headers or "Sec-Purpose" in request.headers)


def _touch(session_id: UUID) -> None:
    """No page is refused because this cannot be written; where the database is gone its next statement says so."""
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
    """A page is asked for again after signing in; what was sent waits for its author. Of a frozen account the sign-in
    page says so, once: the next person at this browser is not told."""
    if request.method not in ("GET", "HEAD"):
        raise SessionLost  # sih/web/error_pages.py keeps or shows what was typed
    return redirect(sign_in_page(request.full_path.rstrip("?")))


def sign_in_page(place: str, *, is_lost: bool = False) -> str:
    """The address of the sign-in page, which goes on to `place`. It says that the account is frozen, or, where the
    session is lost, that it is over."""
    is_frozen = forget_frozen()
    is_over = is_lost and not is_frozen
    return url_for("login.new", next=place, frozen=1 if is_frozen else None, lost=1 if is_over else None)


def forget_frozen() -> bool:
    """Whether this request belongs to an account that is frozen; the browser then forgets its session."""
    is_frozen = g.pop("is_frozen", False)
    if is_frozen:
        logout_user()
    return is_frozen


def _browser_cookie() -> str:
    return cookie_name("sih_browser", current_app.config["SESSION_COOKIE_SECURE"])


def _browser() -> known_browsers.Browser:
    return known_browsers.from_cookie(request.cookies.get(_browser_cookie()), application.settings().secret_key)
