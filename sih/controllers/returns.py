"""Kembalikan: what was handed over goes back to whoever held it."""

from flask import Blueprint, flash, render_template, request

from sih import web
from sih.forms.returns import ReturnForm
from sih.web.i18n import gettext

blueprint = Blueprint("returns", __name__)


@blueprint.get("/problems/<id:problem_id>/returns/new")
@web.handlers_only
def new(problem_id: int):
    return render_template("returns/new.html", problem=web.find_to("return", problem_id), form=ReturnForm(web.typed()))


@blueprint.post("/problems/<id:problem_id>/returns")
@web.handlers_only
def create(problem_id: int):
    action, form = web.begin_to("return", problem_id), ReturnForm(request.form)
    if not form.validate():
        return render_template("returns/new.html", problem=action.problem, form=form), 422
    action.do(reason=form.reason.data)
    flash(gettext("Kendala #%(number)d dikembalikan.", number=problem_id))
    return web.back_to(problem_id)
