"""The pages of actions, which JavaScript shows as dialogs: their forms with choices, beside what is decided on."""

from flask import render_template

from sih import web
from sih.dao.events import Events
from sih.domain.records import Problem
from sih.forms.corrections import CorrectionForm
from sih.forms.escalations import EscalationForm
from sih.forms.openings import OpeningForm
from sih.web import cures, ready_texts
from sih.web.i18n import gettext

LATEST = 3  # steps and remarks
WITH_CURES = ("openings/new.html", "closures/new.html")


def page(template: str, problem: Problem, form, **more) -> str:
    """The page of an action on this problem; `more`: further variables of its template."""
    events = Events(web.query()).latest(problem.id, LATEST, web.me())
    texts = ready_texts.offered(problem)
    more |= {"texts": texts, "cures": cures.offered(problem) if template in WITH_CURES else []}
    return render_template(template, problem=problem, form=form, events=events, **more)


def correction_form(problem: Problem, typed, has_texts: bool) -> CorrectionForm:
    """Koreksi with its choices, those of the problem's store; `typed`: the values of the form, or None."""
    choices, form = web.choices(), CorrectionForm.of(problem, typed, has_texts)
    return form.offer_beside(problem, choices.assets(problem.store_id), choices.asset_kinds(), gettext("Lainnya"))


def opening_form(typed) -> OpeningForm:
    """Buka Kendala with its choices; `typed`: the values of the form, or None."""
    return OpeningForm(typed).offer(web.choices().categories())


def escalation_form(typed) -> EscalationForm:
    """Penyelesaian with its choices; `typed`: the values of the form, or None."""
    choices = web.choices()
    form = EscalationForm(typed).offer(choices.divisions(), choices.departments(), gettext("Divisi"))
    if form.is_to_department and form.department_id.data:
        form.offer_pics(choices.pics(form.department_id.data))
    return form
