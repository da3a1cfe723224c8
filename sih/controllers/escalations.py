"""Penyelesaian: a problem is handed over to a division, or through its department to a PIC (docs/paper.md, R6).

The form may carry the identification of Buka Kendala ("Simpan dan alihkan"): then the problem is opened and handed over
by one action, and nothing is stored before."""

from flask import Blueprint, flash, request

from sih import web
from sih.domain.errors import AlreadyThere
from sih.forms.escalations import EscalationForm
from sih.forms.openings import OpeningForm
from sih.photos import MOST_FORM_BYTES
from sih.web import action_pages, ready_texts
from sih.web import files as form_files
from sih.web.files import FormFiles
from sih.web.i18n import gettext

blueprint = Blueprint("escalations", __name__)


@blueprint.get("/problems/<id:problem_id>/escalations/new")
@web.handlers_only
def new(problem_id: int):
    typed = web.typed()
    form, opening = action_pages.escalation_form(typed), _opening(typed)
    problem, files = web.find_to(_verb(opening), problem_id), form_files.of_draft(typed)
    if opening and not opening.validate():
        return action_pages.page("openings/new.html", problem, opening, files=files)
    _propose(problem, form, opening)
    return _page(problem, form, opening, files)


@blueprint.post("/problems/<id:problem_id>/escalations")
@web.takes_upload(MOST_FORM_BYTES)
@web.handlers_only
def create(problem_id: int):
    form, opening = action_pages.escalation_form(request.form), _opening(request.form)
    files = form_files.received(request.form, request.files) if opening else FormFiles()
    action = web.begin_to(_verb(opening), problem_id)
    problem = action.problem
    if opening and not all((opening.validate(), files.validate(action.is_first))):
        opening.propose()
        return action_pages.page("openings/new.html", problem, opening, files=files), 422
    if form.step.data in ("open", "kind", "back"):
        _propose(problem, form, opening)
        return _page(problem, form, opening, files)
    if ready_texts.put_into(form.reason, "escalation", problem):
        return _page(problem, form, opening, files)
    if not form.validate():
        return _page(problem, form, opening, files), 422
    if form.is_to_department and form.step.data != "pic":
        return _pic_page(problem, form, opening, files)
    division_id, pic_id = form.target
    identification = opening.identification | {"files": files.chosen} if opening else {}
    try:
        action.do(reason=form.reason.data, division_id=division_id, pic_id=pic_id, **identification)
    except AlreadyThere:
        form.refuse_same_holder()
        return _page(problem, form, opening, files), 422
    files.discard_made()
    if opening:
        flash(gettext("Kendala #%(number)d dibuka dan dialihkan.", number=problem_id))
    else:
        flash(gettext("Kendala #%(number)d dialihkan.", number=problem_id))
    return web.back_to(problem_id)


def _verb(opening: OpeningForm | None) -> str:
    return "open_and_escalate" if opening else "escalate"


def _opening(typed) -> OpeningForm | None:
    """The first step of "Simpan dan alihkan", if this form carries it."""
    return action_pages.opening_form(typed) if typed and "diagnosis" in typed else None


def _propose(problem, form: EscalationForm, opening: OpeningForm | None) -> None:
    """Preselects the usual division of the category, and the diagnosis as the reason, unless the user was faster."""
    usual = opening.usual_division_id if opening else problem.usual_division_id
    if usual not in (None, problem.holder_division_id):
        form.suggest(usual)
    if opening and not form.reason.data:
        form.reason.data = opening.diagnosis.data


def _page(problem, form: EscalationForm, opening: OpeningForm | None, files: FormFiles):
    if form.step.data == "pic" and not ({"kind", "department_id", "reason"} & set(form.errors)):
        return _pic_page(problem, form, opening, files)
    return action_pages.page("escalations/new.html", problem, form, opening=opening, files=files)


def _pic_page(problem, form: EscalationForm, opening: OpeningForm | None, files: FormFiles):
    return action_pages.page("escalations/pic.html", problem, form, opening=opening, files=files)
