"""Changing one's own PIN, which ends all other sessions."""

from flask import Blueprint, flash, redirect, render_template, request

from sih import web
from sih.dao.employees import Employees
from sih.dao.sessions import Sessions
from sih.domain import pins
from sih.domain.errors import PinChanged, Throttled, WrongPin
from sih.domain.records import Employee
from sih.forms.pins import PinForm
from sih.web import application, security_events
from sih.web.i18n import gettext, message_of
from sih.web.sessions import next_page, sign_in
from sih.web.signin import Visitor

blueprint = Blueprint("pins", __name__)


@blueprint.get("/pin/new")
@web.signed_in
def new():
    return _page(PinForm())


@blueprint.post("/pin")
@web.signed_in
@web.checks_pin
def create():
    me = web.me()
    form = PinForm(request.form, me.nik)
    if not form.validate():
        return _page(form), 422
    try:
        _check(me, form.pin.data)
        _change(me, pins.hash_pin(form.new_pin.data, application.settings().pin_key))
    except (WrongPin, Throttled, PinChanged) as refusal:
        message = gettext("PIN sekarang salah.") if isinstance(refusal, WrongPin) else message_of(refusal)
        return _page(form, message), *web.status(refusal)
    flash(gettext("PIN Anda sudah diganti."))
    return redirect(next_page(), 303)


def _page(form: PinForm, refusal: str | None = None):
    return render_template("pins/new.html", form=form, refusal=refusal, next=web.local_path(request.values.get("next")))


def _check(me: Employee, pin: str) -> None:
    """Checks the current PIN. Attempts are counted for this person, separately from sign-in."""
    visitor = Visitor(security_events.here().address, f"session:{me.id}")
    sign_in().with_pin(sign_in().account(me.nik, visitor), pin, visitor)


def _change(me: Employee, pin_hash: str) -> None:
    """Stores the new PIN, ends the other sessions and keeps this one."""
    query = web.query()
    with query.transaction():
        Employees(query).change_pin(me, pin_hash)
        Sessions(query).keep_only(me)
        security_events.note("pin_changed", nik=me.nik)
