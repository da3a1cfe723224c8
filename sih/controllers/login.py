"""Signing in with NIK and PIN in two steps (docs/paper.md, R1, Kode Program 5), and out again."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask_login import current_user

from sih import web
from sih.dao.sessions import Sessions
from sih.domain.errors import DatabaseUnavailable, EmptyNik, Frozen, Refusal, SessionLost, UnknownNik
from sih.domain.records import Account
from sih.domain.text import is_plain, nik_of
from sih.web import security_events
from sih.web.i18n import message_of
from sih.web.sessions import enter, leave, next_page, sign_in, visitor

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
@web.public
def new():
    if current_user.is_authenticated:
        return redirect(next_page())
    return _page(refusal=Frozen() if "frozen" in request.args else None)


def _again():
    """Of a form whose token has grown old, as in another tab of a shared computer: a fresh one with the same NIK."""
    try:
        return _page(_nik(), is_old=True), 400
    except Refusal:
        return _page(is_old=True), 400


@blueprint.post("/login")
@web.public
@web.checks_pin
@web.without_token(_again)
def create():
    """Step 1 without JavaScript (NIK only) shows the name of the account; step 2 (NIK and PIN) signs in."""
    nik, pin, account = "", request.form.get("pin"), None
    try:
        nik = _nik()
        if pin is None:
            return _page(nik, sign_in().name(nik, visitor(nik)))
        account = sign_in().account(nik, visitor(nik))
        return enter(sign_in().with_pin(account, pin, visitor(nik)), pin)
    except DatabaseUnavailable:
        raise
    except Refusal as refusal:
        return _page(nik, account, refusal), *web.status(refusal)


def _lost():
    """The answer to the script of a sign-in page with an expired CSRF token."""
    return _refused(SessionLost())


@blueprint.post("/searchUserAccount")
@web.public
@web.without_token(_lost)
def search_user_account():
    """The account of a NIK, with path and JSON keys as in the paper. Errors are JSON too (web/error_pages.py)."""
    try:
        nik = _nik()
        account = sign_in().name(nik, visitor(nik))
    except DatabaseUnavailable:
        raise
    except Refusal as refusal:
        return _refused(refusal)
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
    me = web.me()
    with web.query().transaction():
        Sessions(web.query()).end(me.id, me.session_id)
        security_events.note("session_ended", nik=me.nik)
    return leave(url_for("login.new"))


def _page(nik: str = "", account: Account | None = None, refusal: Refusal | None = None, is_old: bool = False):
    problem = message_of(refusal) if refusal else None
    where = web.local_path(request.values.get("next")) or ""
    return render_template("login/new.html", nik=nik, account=account, refusal=problem, is_old=is_old, next=where)


def _refused(refusal: Refusal):
    return jsonify(status=False, message=message_of(refusal)), *web.status(refusal)


def _nik() -> str:
    """The typed NIK in capitals, without blanks and hyphens. Raises EmptyNik, and UnknownNik for a text
    that cannot be a NIK."""
    nik = nik_of(request.form.get("nik"))
    if not nik:
        raise EmptyNik
    if not is_plain(nik) or len(nik) > 50:
        raise UnknownNik
    return nik
