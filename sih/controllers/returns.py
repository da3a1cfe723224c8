"""Kembalikan: what was handed over goes back to whoever held it."""

from flask import Blueprint, flash, render_template, request

from sih import web
from sih.dao.problems import Problems
from sih.forms.returns import ReturnForm
from sih.web.actions import find, find_for_post
from sih.web.i18n import gettext

blueprint = Blueprint("returns", __name__)


@blueprint.get("/problems/<id:problem_id>/returns/new")
@web.handlers_only
def new(problem_id: int):
    return render_template("returns/new.html", problem=find(problem_id, "return"), form=ReturnForm(web.typed()))


@blueprint.post("/problems/<id:problem_id>/returns")
@web.handlers_only
def create(problem_id: int):
    problem, form = find_for_post(problem_id, "return"), ReturnForm(request.form)
    if not form.validate():
        return render_template("returns/new.html", problem=problem, form=form), 422
    Problems(web.query()).send_back(problem_id, web.seen(), web.me(), web.now(), form.reason.data)
    flash(gettext("Kendala #%(number)d dikembalikan.", number=problem_id))
    return web.back_to(problem_id)
