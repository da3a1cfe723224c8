"""Sessions: how they are kept, begin in a browser, and are found again or not at the next click."""

from uuid import UUID

from flask import Flask, current_app, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, login_user, logout_user
from werkzeug.wrappers import Response

from sih import browsers, web
from sih.dao.employees import Employees
from sih.dao.sessions import Sessions
from sih.errors import SessionLost
from sih.forms.fields import clean
from sih.hosts import cookie_name
from sih.records import Account, Employee
from sih.signin import Visitor

ADDRESS_LENGTH = 45  # of the longest IPv6 address


class Cookies(SecureCookieSessionInterface):
    """Flask's, with one exception from `Vary: Cookie`: the page of a new report is what one goes back to after sending
    it, and its form carries the token of what was sent; another one would make a second problem (RFC 9111, 4.1)."""

    def save_session(self, app, session, response) -> None:
        super().save_session(app, session, response)
        if request.endpoint == "problems.new":
            response.vary.discard("Cookie")


def init_app(app: Flask) -> None:
    app.session_interface = Cookies()
    manager = LoginManager(app, add_context_processor=False)  # pages ask web.person()
    manager.user_loader(_load)
    manager.unauthorized_handler(_ask_to_sign_in)


def enter(account: Account) -> Response:
    """Starts the session of this account, in a browser that is from now on known to its NIK."""
    chosen = {name: session[name] for name in ("language", "theme") if name in session}
    started = _start(account)
    session.clear()
    session.update(chosen, session_id=str(started))
    login_user(_load(f"{account.id}:{account.session_version}"))
    response = redirect(next_page(), 303)
    browser = _browser()
    browser.remember(account.nik, web.now())
    settings = {"httponly": True, "samesite": "Lax", "secure": current_app.config["SESSION_COOKIE_SECURE"]}
    cookie = browsers.write(browser, current_app.secret_key)
    response.set_cookie(_browser_cookie(), cookie, max_age=browsers.KNOWN_FOR, **settings)
    return response


def leave(place: str) -> Response:
    """Ends this browser's session, and on to `place`; nothing of it stays in the cache."""
    logout_user()
    session.clear()
    response = redirect(place, 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def session_id() -> UUID | None:
    """Which row of the table `session` is this one."""
    return UUID(session["session_id"]) if "session_id" in session else None


def visitor(nik: str) -> Visitor:
    """Where this request comes from."""
    browser, address = _browser(), (request.remote_addr or "")[:ADDRESS_LENGTH]
    return Visitor(address, browser.number if browser.knows(nik, web.now()) else None)


def next_page() -> str:
    """Where one wanted to go before signing in, else the list."""
    return web.local_path(request.values.get("next")) or url_for("lists.index")


def _start(account: Account) -> UUID:
    address = clean((request.remote_addr or "")[:ADDRESS_LENGTH])
    browser = browsers.named(request.headers.get("User-Agent", ""))
    return Sessions(web.query()).start(account, web.now(), address, browser, replaced=session_id())


def _load(session_id: str) -> Employee | None:
    number, _, version = session_id.partition(":")
    if not (number.isdecimal() and version.isdecimal()):
        return None
    return Employees(web.query()).signed_in(int(number), int(version))


def _ask_to_sign_in() -> Response:
    """A page is asked for again after signing in; what was sent waits for its author."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("login.new", next=request.full_path.rstrip("?")))
    raise SessionLost  # sih/controllers/errors.py keeps or shows what was typed


def _browser_cookie() -> str:
    return cookie_name("sih_browser", current_app.config["SESSION_COOKIE_SECURE"])


def _browser() -> browsers.Browser:
    return browsers.read(request.cookies.get(_browser_cookie()), current_app.secret_key)
