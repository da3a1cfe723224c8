"""Koreksi: what was reported is put right, by the reporter while it is new, its good also by whoever may act on it."""

from flask import Blueprint, flash, request

from sih import web
from sih.domain import policy
from sih.domain.errors import NothingCorrected
from sih.web import action_pages
from sih.web.i18n import gettext, message_of

blueprint = Blueprint("corrections", __name__)


@blueprint.get("/problems/<id:problem_id>/corrections/new")
@web.signed_in
def new(problem_id: int):
    problem = web.find_to("correct", problem_id)
    has_texts = policy.can_correct_texts(web.me(), problem)
    return action_pages.page(
        "corrections/new.html", problem, action_pages.correction_form(problem, web.typed(), has_texts)
    )


@blueprint.post("/problems/<id:problem_id>/corrections")
@web.signed_in
def create(problem_id: int):
    """The form has the texts that it was sent with: when it is sent a second time, the problem may be open."""
    action = web.begin_to("correct", problem_id)
    form = action_pages.correction_form(action.problem, request.form, "title" in request.form)
    if not form.validate():
        return action_pages.page("corrections/new.html", action.problem, form), 422
    try:
        action.do(**form.words)
    except NothingCorrected as refusal:
        return action_pages.page("corrections/new.html", action.problem, form, refusal=message_of(refusal)), 422
    flash(gettext("Kendala #%(number)d dikoreksi.", number=problem_id))
    return web.back_to(problem_id)
