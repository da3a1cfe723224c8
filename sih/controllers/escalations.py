"""Penyelesaian: a problem is handed over to a division, or through its department to a PIC (docs/paper.md, R6)."""

from flask import Blueprint, flash, render_template, request

from sih import web
from sih.domain.errors import AlreadyThere
from sih.forms.escalations import EscalationForm
from sih.web.i18n import gettext

blueprint = Blueprint("escalations", __name__)


@blueprint.get("/problems/<id:problem_id>/escalations/new")
@web.handlers_only
def new(problem_id: int):
    problem = web.find_to("escalate", problem_id)
    form = _form(web.typed())
    if problem.usual_division_id not in (None, problem.holder_division_id):
        form.suggest(problem.usual_division_id)
    return _page(problem, form)


@blueprint.post("/problems/<id:problem_id>/escalations")
@web.handlers_only
def create(problem_id: int):
    action, form = web.begin_to("escalate", problem_id), _form(request.form)
    problem = action.problem
    if form.step.data in ("kind", "back"):
        return _page(problem, form)
    if not form.validate():
        return _page(problem, form), 422
    if form.is_to_department and form.step.data != "pic":
        return _pic_page(problem, form)
    division_id, pic_id = form.target
    try:
        action.do(reason=form.reason.data, division_id=division_id, pic_id=pic_id)
    except AlreadyThere:
        form.refuse_same_holder()
        return _page(problem, form), 422
    flash(gettext("Kendala #%(number)d dialihkan.", number=problem_id))
    return web.back_to(problem_id)


def _form(typed) -> EscalationForm:
    choices = web.choices()
    form = EscalationForm(typed).offer(choices.divisions(), choices.departments(), gettext("Divisi"))
    if form.is_to_department and form.department_id.data:
        form.offer_pics(choices.pics(form.department_id.data))
    return form


def _page(problem, form: EscalationForm):
    if form.step.data == "pic" and not ({"kind", "department_id", "reason"} & set(form.errors)):
        return _pic_page(problem, form)
    return render_template("escalations/new.html", problem=problem, form=form)


def _pic_page(problem, form: EscalationForm):
    return render_template("escalations/pic.html", problem=problem, form=form)
