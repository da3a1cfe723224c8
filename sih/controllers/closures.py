"""Tutup Kendala: the problem is handled, and how (docs/paper.md, R5)."""

from flask import Blueprint, flash, render_template, request

from sih import web
from sih.dao.problems import Problems
from sih.forms.closures import ClosureForm
from sih.web.actions import find, find_for_post
from sih.web.i18n import gettext

blueprint = Blueprint("closures", __name__)


@blueprint.get("/problems/<id:problem_id>/closures/new")
@web.handlers_only
def new(problem_id: int):
    return render_template("closures/new.html", problem=find(problem_id, "close"), form=ClosureForm(web.typed()))


@blueprint.post("/problems/<id:problem_id>/closures")
@web.handlers_only
def create(problem_id: int):
    problem, form = find_for_post(problem_id, "close"), ClosureForm(request.form)
    if not form.validate():
        return render_template("closures/new.html", problem=problem, form=form), 422
    Problems(web.query()).close(problem_id, web.seen(), web.me(), web.now(), form.solution.data)
    flash(gettext("Kendala #%(number)d ditutup.", number=problem_id))
    return web.back_to(problem_id)
