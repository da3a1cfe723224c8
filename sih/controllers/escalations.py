"""Penyelesaian: a problem is handed over to a division, or through its department to a PIC (docs/paper.md, R6)."""

from flask import Blueprint, flash, render_template, request

from sih import web
from sih.dao.choices import Choices
from sih.dao.problems import Problems
from sih.forms.escalations import EscalationForm
from sih.web.actions import find, find_for_post
from sih.web.i18n import gettext

blueprint = Blueprint("escalations", __name__)


@blueprint.get("/problems/<id:problem_id>/escalations/new")
@web.handlers_only
def new(problem_id: int):
    problem = find(problem_id, "escalate")
    form = _form(web.typed())
    if problem.usual_division_id not in (None, problem.holder_division_id):
        form.suggest(problem.usual_division_id)
    return _page(problem, form)


@blueprint.post("/problems/<id:problem_id>/escalations")
@web.handlers_only
def create(problem_id: int):
    problem, form = find_for_post(problem_id, "escalate"), _form(request.form)
    if form.step.data in ("kind", "back"):
        return _page(problem, form)
    if not form.validate():
        return _page(problem, form), 422
    if form.is_to_department and form.step.data != "pic":
        return _pic_page(problem, form)
    return _hand_over(problem, form)


def _hand_over(problem, form: EscalationForm):
    division_id, pic_id = form.target
    is_there = (division_id, pic_id) == (problem.holder_division_id, problem.holder_employee_id)
    if is_there and problem.last_event_id == web.seen():  # else it may be there by this very form, sent twice
        form.refuse_same_holder()
        return _page(problem, form), 422
    problems = Problems(web.query())
    problems.escalate(problem.id, web.seen(), web.me(), web.now(), form.reason.data, division_id, pic_id)
    flash(gettext("Kendala #%(number)d dialihkan.", number=problem.id))
    return web.back_to(problem.id)


def _form(typed) -> EscalationForm:
    choices = Choices(web.query())
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
