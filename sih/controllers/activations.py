"""The first sign-in: choosing a PIN by means of an activation code."""

from flask import Blueprint, render_template, request

from sih import web
from sih.domain.errors import Frozen, Throttled, WrongCode
from sih.forms.pins import ActivationForm
from sih.web.i18n import gettext, message_of
from sih.web.sessions import enter, sign_in, visitor

blueprint = Blueprint("activations", __name__)


@blueprint.get("/activations/new")
@web.public
def new():
    return render_template("activations/new.html", form=ActivationForm())


def _again():
    """The answer to a form with an expired CSRF token: a new form with the same NIK and code."""
    message = gettext("Halaman ini sudah terlalu lama terbuka. Isi PIN Anda sekali lagi.")
    return render_template("activations/new.html", form=ActivationForm(request.form), refusal=message), 400


@blueprint.post("/activations")
@web.public
@web.checks_pin
@web.without_token(_again)
def create():
    form = ActivationForm(request.form)
    if not form.validate():
        return render_template("activations/new.html", form=form), 422
    nik, pin = form.nik.data, form.new_pin.data
    try:
        return enter(sign_in().with_code(nik, form.code.data, pin, visitor(nik)), pin)
    except (WrongCode, Frozen, Throttled) as refusal:
        page = render_template("activations/new.html", form=form, refusal=message_of(refusal))
        return page, *web.status(refusal)
