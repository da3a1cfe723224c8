"""Buka Kendala: the helpdesk opens a problem with its identification (docs/paper.md, R4)."""

from flask import Blueprint, flash, request

from sih import web
from sih.forms.openings import OpeningForm
from sih.photos import MOST_FORM_BYTES
from sih.web import action_pages, cures, ready_texts
from sih.web import files as form_files
from sih.web.files import FormFiles
from sih.web.i18n import gettext

blueprint = Blueprint("openings", __name__)


@blueprint.get("/problems/<id:problem_id>/openings/new")
@web.handlers_only
def new(problem_id: int):
    typed = web.typed()
    problem, files = web.find_to("open", problem_id), form_files.of_draft(typed)
    return _page(problem, action_pages.opening_form(typed), files)


@blueprint.post("/problems/<id:problem_id>/openings")
@web.takes_upload(MOST_FORM_BYTES)
@web.handlers_only
def create(problem_id: int):
    files = form_files.received(request.form, request.files)
    action, form = web.begin_to("open", problem_id), action_pages.opening_form(request.form)
    if form.step.data == "back":  # from the second step of "Simpan dan alihkan"
        return _page(action.problem, form, files)
    if ready_texts.put_into(form.diagnosis, "answer", action.problem) or cures.put_into(form.diagnosis, action.problem):
        return _page(action.problem, form, files)
    if not all((form.validate(), files.validate(action.is_first))):
        form.propose()
        return _page(action.problem, form, files), 422
    action.do(**form.identification, files=files.chosen)
    files.discard_made()
    flash(gettext("Kendala #%(number)d dibuka.", number=problem_id))
    return web.back_to(problem_id)


def _page(problem, form: OpeningForm, files: FormFiles):
    return action_pages.page("openings/new.html", problem, form, files=files)
