"""The first sign-in: an activation code is traded for a PIN of one's own."""

from flask import Blueprint, current_app, render_template, request

from sih import web
from sih.errors import STATUS, Frozen, Throttled, WrongCode
from sih.forms.pins import ActivationForm
from sih.reader import message_of
from sih.sessions import enter, visitor
from sih.signin import SignIn

blueprint = Blueprint("activations", __name__)


@blueprint.get("/activations/new")
@web.public
def new():
    return render_template("activations/new.html", form=ActivationForm())


@blueprint.post("/activations")
@web.public
@web.checks_pin
def create():
    form = ActivationForm(request.form)
    if not form.validate():
        return render_template("activations/new.html", form=form), 422
    nik = form.nik.data.upper()
    sign_in = SignIn(web.query(), current_app.config["SETTINGS"].pin_key, web.now())
    try:
        return enter(sign_in.with_code(nik, form.code.data, form.new_pin.data, visitor(nik)))
    except (WrongCode, Frozen, Throttled) as refusal:
        page = render_template("activations/new.html", form=form, refusal=message_of(refusal))
        return page, STATUS[type(refusal)]
