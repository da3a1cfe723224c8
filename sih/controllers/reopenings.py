"""Buka Lagi: it is not solved after all, says the reporter within three days, or a handler at any time."""

from flask import Blueprint, flash, request

from sih import web
from sih.forms.reopenings import ReopeningForm
from sih.web import action_pages
from sih.web.i18n import gettext

blueprint = Blueprint("reopenings", __name__)


@blueprint.get("/problems/<id:problem_id>/reopenings/new")
@web.signed_in
def new(problem_id: int):
    return action_pages.page("reopenings/new.html", web.find_to("reopen", problem_id), ReopeningForm(web.typed()))


@blueprint.post("/problems/<id:problem_id>/reopenings")
@web.signed_in
def create(problem_id: int):
    action, form = web.begin_to("reopen", problem_id), ReopeningForm(request.form)
    if not form.validate():
        return action_pages.page("reopenings/new.html", action.problem, form), 422
    action.do(reason=form.reason.data)
    flash(gettext("Kendala #%(number)d dibuka lagi.", number=problem_id))
    return web.back_to(problem_id)
