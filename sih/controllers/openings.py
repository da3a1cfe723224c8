"""Buka Kendala: the helpdesk opens a problem with its identification (docs/paper.md, R4)."""

from flask import Blueprint, flash, request

from sih import web
from sih.forms.openings import OpeningForm
from sih.web import action_pages, cures, ready_texts
from sih.web.i18n import gettext

blueprint = Blueprint("openings", __name__)


@blueprint.get("/problems/<id:problem_id>/openings/new")
@web.handlers_only
def new(problem_id: int):
    return _page(web.find_to("open", problem_id), action_pages.opening_form(web.typed()))


@blueprint.post("/problems/<id:problem_id>/openings")
@web.handlers_only
def create(problem_id: int):
    action, form = web.begin_to("open", problem_id), action_pages.opening_form(request.form)
    if form.step.data == "back":  # from the second step of "Simpan dan alihkan"
        return _page(action.problem, form)
    if ready_texts.put_into(form.diagnosis, "answer", action.problem) or cures.put_into(form.diagnosis, action.problem):
        return _page(action.problem, form)
    if not form.validate():
        form.propose()
        return _page(action.problem, form), 422
    action.do(**form.identification)
    flash(gettext("Kendala #%(number)d dibuka.", number=problem_id))
    return web.back_to(problem_id)


def _page(problem, form: OpeningForm):
    return action_pages.page("openings/new.html", problem, form)
