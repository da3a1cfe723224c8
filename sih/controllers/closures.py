"""Tutup Kendala: the problem is handled, and how (docs/paper.md, R5)."""

from flask import Blueprint, flash, request

from sih import web
from sih.forms.closures import ClosureForm
from sih.photos import MOST_FORM_BYTES
from sih.web import action_pages, cures, ready_texts
from sih.web import files as form_files
from sih.web.files import FormFiles
from sih.web.i18n import gettext

blueprint = Blueprint("closures", __name__)


@blueprint.get("/problems/<id:problem_id>/closures/new")
@web.handlers_only
def new(problem_id: int):
    typed = web.typed()
    return _page(web.find_to("close", problem_id), ClosureForm(typed), form_files.of_draft(typed))


@blueprint.post("/problems/<id:problem_id>/closures")
@web.takes_upload(MOST_FORM_BYTES)
@web.handlers_only
def create(problem_id: int):
    files = form_files.received(request.form, request.files)
    action, form = web.begin_to("close", problem_id), ClosureForm(request.form)
    if ready_texts.put_into(form.solution, "answer", action.problem) or cures.put_into(form.solution, action.problem):
        return _page(action.problem, form, files)
    if not all((form.validate(), files.validate(action.is_first))):
        return _page(action.problem, form, files), 422
    action.do(solution=form.solution.data, files=files.chosen)
    files.discard_made()
    flash(gettext("Kendala #%(number)d ditutup.", number=problem_id))
    return web.back_to(problem_id)


def _page(problem, form: ClosureForm, files: FormFiles):
    return action_pages.page("closures/new.html", problem, form, files=files)
