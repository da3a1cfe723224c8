"""Buka Kendala: the helpdesk opens a problem with its identification (docs/paper.md, R4)."""

from flask import Blueprint, flash, render_template, request

from sih import web
from sih.forms.openings import OpeningForm
from sih.web.i18n import gettext

blueprint = Blueprint("openings", __name__)


@blueprint.get("/problems/<id:problem_id>/openings/new")
@web.handlers_only
def new(problem_id: int):
    return _page(web.find_to("open", problem_id), _form(web.typed()))


@blueprint.post("/problems/<id:problem_id>/openings")
@web.handlers_only
def create(problem_id: int):
    action, form = web.begin_to("open", problem_id), _form(request.form)
    if not form.validate():
        return _page(action.problem, form), 422
    action.do(**form.data)
    flash(gettext("Kendala #%(number)d dibuka.", number=problem_id))
    return web.back_to(problem_id)


def _form(typed) -> OpeningForm:
    return OpeningForm(typed).offer(web.choices().categories())


def _page(problem, form: OpeningForm):
    return render_template("openings/new.html", problem=problem, form=form)
