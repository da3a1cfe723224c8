"""Kembalikan: what was handed over goes back to whoever held it."""

from flask import Blueprint, flash, request

from sih import web
from sih.forms.returns import ReturnForm
from sih.web import action_pages, ready_texts
from sih.web.i18n import gettext

blueprint = Blueprint("returns", __name__)


@blueprint.get("/problems/<id:problem_id>/returns/new")
@web.handlers_only
def new(problem_id: int):
    return action_pages.page("returns/new.html", web.find_to("return", problem_id), ReturnForm(web.typed()))


@blueprint.post("/problems/<id:problem_id>/returns")
@web.handlers_only
def create(problem_id: int):
    action, form = web.begin_to("return", problem_id), ReturnForm(request.form)
    if ready_texts.put_into(form.reason, "return", action.problem):
        return action_pages.page("returns/new.html", action.problem, form)
    if not form.validate():
        return action_pages.page("returns/new.html", action.problem, form), 422
    action.do(reason=form.reason.data)
    flash(gettext("Kendala #%(number)d dikembalikan.", number=problem_id))
    return web.back_to(problem_id)
