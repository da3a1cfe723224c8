"""Tutup Kendala: the problem is handled, and how (docs/paper.md, R5)."""

from flask import Blueprint, flash, request

from sih import web
from sih.forms.closures import ClosureForm
from sih.web import action_pages, cures, ready_texts
from sih.web.i18n import gettext

blueprint = Blueprint("closures", __name__)


@blueprint.get("/problems/<id:problem_id>/closures/new")
@web.handlers_only
def new(problem_id: int):
    return action_pages.page("closures/new.html", web.find_to("close", problem_id), ClosureForm(web.typed()))


@blueprint.post("/problems/<id:problem_id>/closures")
@web.handlers_only
def create(problem_id: int):
    action, form = web.begin_to("close", problem_id), ClosureForm(request.form)
    if ready_texts.put_into(form.solution, "answer", action.problem) or cures.put_into(form.solution, action.problem):
        return action_pages.page("closures/new.html", action.problem, form)
    if not form.validate():
        return action_pages.page("closures/new.html", action.problem, form), 422
    action.do(solution=form.solution.data)
    flash(gettext("Kendala #%(number)d ditutup.", number=problem_id))
    return web.back_to(problem_id)
