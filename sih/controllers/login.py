"""Signing in with NIK and PIN in two steps (R1, Kode Program 5), and out again."""

from flask import Blueprint, current_app, jsonify, redirect, render_template, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user

from sih import browsers, web
from sih.dao.employees import Employees
from sih.errors import STATUS, DatabaseGone, Refusal
from sih.forms.fields import clean, is_plain
from sih.reader import gettext
from sih.records import Account, Employee
from sih.signin import SignIn, Visitor

blueprint = Blueprint("login", __name__)
BROWSER_COOKIE = "sih_browser"


def init_app(manager: LoginManager) -> None:
    manager.user_loader(_load)
    manager.unauthorized_handler(_ask_to_sign_in)


@blueprint.get("/login")
@web.public
def new():
    if current_user.is_authenticated:
        return redirect(_next_page())
    return _page()


@blueprint.post("/login")
@web.public
def create():
    """The NIK alone shows whose it is; with the PIN it signs in. Without JavaScript these are two pages."""
    nik, pin, account = _nik(), request.form.get("pin"), None
    try:
        account = _sign_in().account(nik, visitor(nik))
        return _page(nik, account) if pin is None else enter(_sign_in().with_pin(nik, pin, visitor(nik)))
    except DatabaseGone:
        raise
    except Refusal as refusal:
        return _page(nik, account, refusal), STATUS[type(refusal)]


@blueprint.post("/searchUserAccount")
@web.public
def search_user_account():
    """The paper's own address and keys: who a NIK belongs to."""
    nik = _nik()
    try:
        account = _sign_in().account(nik, visitor(nik))
    except DatabaseGone:
        current_app.logger.exception("account not found: no database")
        return jsonify(status=False, message=gettext("Gagal Mendapatkan Data User!")), 503
    except Refusal as refusal:
        return jsonify(status=False, message=message_of(refusal)), STATUS[type(refusal)]
    return jsonify(
        nik_karyawan=account.nik,
        nama_karyawan=account.name,
        status="T",
        kode_toko=account.store_code,
        nama_toko=account.store_name,
    )


@blueprint.post("/logout")
@web.signed_in
def destroy():
    logout_user()
    session.clear()
    response = redirect(url_for("login.new"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def enter(account: Account):
    """Starts the session of this account, in a browser that is from now on known to its NIK."""
    chosen = {name: session[name] for name in ("language", "theme") if name in session}
    session.clear()
    session.update(chosen)
    login_user(_load(f"{account.id}:{account.session_version}"))
    response = redirect(_next_page(), 303)
    browser = _browser()
    browser.remember(account.nik, web.now())
    settings = {"httponly": True, "samesite": "Lax", "secure": current_app.config["SESSION_COOKIE_SECURE"]}
    cookie = browsers.write(browser, current_app.secret_key)
    response.set_cookie(BROWSER_COOKIE, cookie, max_age=browsers.KNOWN_FOR, **settings)
    return response


def visitor(nik: str) -> Visitor:
    """Where this request comes from."""
    browser = _browser()
    return Visitor(request.remote_addr or "", browser.number if browser.knows(nik, web.now()) else None)


def message_of(refusal: Refusal) -> str:
    """In the reader's language, with its facts."""
    return gettext(refusal.message) % vars(refusal)


def _load(session_id: str) -> Employee | None:
    number, _, version = session_id.partition(":")
    if not (number.isdecimal() and version.isdecimal()):
        return None
    return Employees(web.query()).signed_in(int(number), int(version))


def _ask_to_sign_in():
    """A page is asked for again after signing in; what was sent waits for its author."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("login.new", next=request.full_path.rstrip("?")))
    author = web.author()
    place = web.keep_draft(author) if author else url_for("lists.index")
    return redirect(url_for("login.new", next=place, lost=1), 303)


def _page(nik: str = "", account: Account | None = None, refusal: Refusal | None = None):
    problem = message_of(refusal) if refusal else None
    where = web.local_path(request.values.get("next")) or ""
    return render_template("login/new.html", nik=nik, account=account, refusal=problem, next=where)


def _nik() -> str:
    nik = clean(request.form.get("nik")).upper()
    if not is_plain(nik) or len(nik) > 50:
        return ""
    return nik


def _next_page() -> str:
    return web.local_path(request.values.get("next")) or url_for("lists.index")


def _sign_in() -> SignIn:
    return SignIn(web.query(), current_app.config["SETTINGS"].pin_key, web.now())


def _browser() -> browsers.Browser:
    return browsers.read(request.cookies.get(BROWSER_COOKIE), current_app.secret_key)
