"""Buka Kendala: the helpdesk opens a problem with its identification (docs/paper.md, R4)."""

from flask import Blueprint, flash, render_template, request

from sih import web
from sih.dao.choices import Choices
from sih.dao.problems import Problems
from sih.forms.openings import OpeningForm
from sih.web.actions import find, find_for_post
from sih.web.i18n import gettext

blueprint = Blueprint("openings", __name__)


@blueprint.get("/problems/<id:problem_id>/openings/new")
@web.handlers_only
def new(problem_id: int):
    return _page(find(problem_id, "open"), _form(web.typed()))


@blueprint.post("/problems/<id:problem_id>/openings")
@web.handlers_only
def create(problem_id: int):
    problem, form = find_for_post(problem_id, "open"), _form(request.form)
    if not form.validate():
        return _page(problem, form), 422
    Problems(web.query()).open(problem_id, web.seen(), web.me(), web.now(), form.data)
    flash(gettext("Kendala #%(number)d dibuka.", number=problem_id))
    return web.back_to(problem_id)


def _form(typed) -> OpeningForm:
    return OpeningForm(typed).offer(Choices(web.query()).categories())


def _page(problem, form: OpeningForm):
    return render_template("openings/new.html", problem=problem, form=form)
