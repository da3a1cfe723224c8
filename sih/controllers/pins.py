"""Changing one's own PIN; every other session of this person ends."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import login_user

from sih import pins, web
from sih.dao.employees import Employees
from sih.dao.sessions import Sessions
from sih.errors import STATUS, Throttled, WrongPin
from sih.forms.pins import PinForm
from sih.reader import gettext
from sih.records import Employee
from sih.sessions import ADDRESS_LENGTH, session_id
from sih.signin import SignIn, Visitor

blueprint = Blueprint("pins", __name__)


@blueprint.get("/pin/new")
@web.signed_in
def new():
    return render_template("pins/new.html", form=PinForm())


@blueprint.post("/pin")
@web.signed_in
def create():
    form, me = PinForm(request.form), web.me()
    if not form.validate():
        return render_template("pins/new.html", form=form), 422
    key = current_app.config["SETTINGS"].pin_key
    try:
        # The session itself is what is guessed from here, so it is what is counted.
        visitor = Visitor((request.remote_addr or "")[:ADDRESS_LENGTH], f"session:{me.id}")
        SignIn(web.query(), key, web.now()).with_pin(me.nik, form.pin.data, visitor)
    except (WrongPin, Throttled) as refusal:
        message = gettext("PIN sekarang salah.") if isinstance(refusal, WrongPin) else gettext(refusal.message)
        page = render_template("pins/new.html", form=form, refusal=message % vars(refusal))
        return page, STATUS[type(refusal)]
    _change(me, pins.hash_pin(form.new_pin.data, key))
    flash(gettext("PIN Anda sudah diganti."))
    return redirect(url_for("lists.index"), 303)


def _change(me: Employee, pin_hash: str) -> None:
    """This session goes on under the number that ends the others."""
    query = web.query()
    employees = Employees(query)
    with query.transaction():
        if employees.change_pin(me, pin_hash):
            Sessions(query).keep_only(me, session_id())
    login_user(employees.signed_in(me.id, me.session_version + 1))
