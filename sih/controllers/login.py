"""Signing in with NIK and PIN in two steps (R1, Kode Program 5), and out again."""

from flask import Blueprint, current_app, jsonify, redirect, render_template, request, url_for
from flask_login import current_user

from sih import logs, web
from sih.dao.sessions import Sessions
from sih.errors import STATUS, DatabaseUnavailable, Refusal
from sih.forms.fields import clean, is_plain
from sih.reader import gettext, message_of
from sih.records import Account
from sih.sessions import enter, leave, next_page, session_id, visitor
from sih.signin import SignIn

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
@web.public
def new():
    if current_user.is_authenticated:
        return redirect(next_page())
    return _page()


@blueprint.post("/login")
@web.public
def create():
    """The NIK alone shows whose it is; with the PIN it signs in. Without JavaScript these are two pages."""
    nik, pin, account = _nik(), request.form.get("pin"), None
    try:
        account = _sign_in().account(nik, visitor(nik))
        return _page(nik, account) if pin is None else enter(_sign_in().with_pin(nik, pin, visitor(nik)))
    except DatabaseUnavailable:
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
    except DatabaseUnavailable as error:
        logs.tell(error)
        return jsonify(status=False, message=gettext("Gagal Mendapatkan Data User!")), STATUS[type(error)]
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
    Sessions(web.query()).end(web.me(), session_id())
    return leave(url_for("login.new"))


def _page(nik: str = "", account: Account | None = None, refusal: Refusal | None = None):
    problem = message_of(refusal) if refusal else None
    where = web.local_path(request.values.get("next")) or ""
    return render_template("login/new.html", nik=nik, account=account, refusal=problem, next=where)


def _nik() -> str:
    nik = clean(request.form.get("nik")).upper()
    if not is_plain(nik) or len(nik) > 50:
        return ""
    return nik


def _sign_in() -> SignIn:
    return SignIn(web.query(), current_app.config["SETTINGS"].pin_key, web.now())
