"""Buka Lagi: it is not solved after all, says the reporter within three days, or a handler at any time."""

from flask import Blueprint, flash, render_template, request

from sih import web
from sih.dao.problems import Problems
from sih.forms.reopenings import ReopeningForm
from sih.web.actions import find, find_for_post
from sih.web.i18n import gettext

blueprint = Blueprint("reopenings", __name__)


@blueprint.get("/problems/<id:problem_id>/reopenings/new")
@web.signed_in
def new(problem_id: int):
    return render_template("reopenings/new.html", problem=find(problem_id, "reopen"), form=ReopeningForm(web.typed()))


@blueprint.post("/problems/<id:problem_id>/reopenings")
@web.signed_in
def create(problem_id: int):
    problem, form = find_for_post(problem_id, "reopen"), ReopeningForm(request.form)
    if not form.validate():
        return render_template("reopenings/new.html", problem=problem, form=form), 422
    Problems(web.query()).reopen(problem_id, web.seen(), web.me(), web.now(), form.reason.data)
    flash(gettext("Kendala #%(number)d dibuka lagi.", number=problem_id))
    return web.back_to(problem_id)
