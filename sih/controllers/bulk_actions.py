"""One verb for many problems at once: the ticked rows of a list, with one set of words for all."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from sih import web
from sih.domain import policy
from sih.domain.errors import NotFound, Refusal, Stale
from sih.domain.lifecycle import first_of
from sih.domain.records import PickedProblem
from sih.domain.vocabulary import BULK_DONE, BULK_VERBS, EVENTS, status_words
from sih.forms import bulk_actions
from sih.forms.closures import ClosureForm
from sih.forms.escalations import EscalationForm
from sih.forms.fields import ActionForm
from sih.forms.openings import OpeningForm
from sih.web import actions, ready_texts
from sih.web.action_pages import escalation_form, opening_form
from sih.web.actions import BulkAction
from sih.web.error_pages import typed_texts
from sih.web.i18n import gettext, message_of, moment

blueprint = Blueprint("bulk_actions", __name__)


@blueprint.get("/bulk-actions/new")
@web.handlers_only
def new():
    typed = web.typed()
    action = _begin(request.args if typed is None else typed)
    if typed and "kind" in typed and action.verb == "open_and_escalate":  # a draft of the second step
        opening = opening_form(typed)
        if opening.validate():
            return _page(action, "escalation", escalation_form(typed), opening)
    part, form = FIRST[action.verb]
    return _page(action, part, form(typed))


@blueprint.post("/bulk-actions")
@web.handlers_only
def create():
    action = _begin(request.form)
    creating = {"accept": _do, "close": _close, "escalate": _escalate, "open_and_escalate": _open_and_escalate}
    return creating[action.verb](action)


def _begin(sent) -> BulkAction:
    verb, picked = sent.get("verb"), bulk_actions.picks(sent.getlist("picked"))
    if verb not in BULK_VERBS:
        raise NotFound
    action = actions.begin_all(web.query(), web.me(), picked, verb, web.now())
    if not action.problems:
        raise NotFound
    return action


def _close(action: BulkAction):
    form = ClosureForm(request.form)
    if ready_texts.put_into(form.solution, "answer", None):
        return _page(action, "closure", form)
    return _do(action, solution=form.solution.data) if form.validate() else (_page(action, "closure", form), 422)


def _open_and_escalate(action: BulkAction):
    opening, step = opening_form(request.form), request.form.get("step")
    if step == "opening":  # from the second step
        return _page(action, "opening", opening)
    if ready_texts.put_into(opening.diagnosis, "answer", None):
        return _page(action, "opening", opening)
    if not opening.validate():
        opening.propose()
        return _page(action, "opening", opening), 422
    return _escalate(action, opening)


def _escalate(action: BulkAction, opening: OpeningForm | None = None):
    form = escalation_form(request.form)
    if form.step.data in ("open", "kind", "back"):
        if opening:
            _propose(action, form, opening)
        return _page(action, "escalation", form, opening)
    if ready_texts.put_into(form.reason, "escalation", None):
        return _page(action, "escalation", form, opening)
    if not form.validate():
        asks_for_pic = form.step.data == "pic" and not {"kind", "department_id", "reason"} & set(form.errors)
        return _page(action, "pic" if asks_for_pic else "escalation", form, opening), 422
    if form.is_to_department and form.step.data != "pic":
        return _page(action, "pic", form, opening)
    division_id, pic_id = form.target
    identification = opening.identification if opening else {}
    return _do(action, **identification, reason=form.reason.data, division_id=division_id, pic_id=pic_id)


def _propose(action: BulkAction, form: EscalationForm, opening: OpeningForm) -> None:
    """Preselects the usual division of the category, and the diagnosis as the reason, unless the user was faster."""
    usual, holders = opening.usual_division_id, {problem.holder_division_id for problem in action.ready}
    if usual is not None and usual not in holders:
        form.suggest(usual)
    form.reason.data = form.reason.data or opening.diagnosis.data


def _do(action: BulkAction, **facts):
    """Back to the list; what was left out is listed first, still ticked."""
    outcome = action.do(**facts)
    said = gettext(BULK_DONE[action.verb], amount=len(outcome.done))
    if outcome.left:
        left, typed = _with_reasons(action, outcome.left), [] if outcome.done else typed_texts()
        return render_template("bulk_actions/left.html", left=left, said=said, typed=typed, next=_next()), 409
    flash(said)
    return redirect(_next() or url_for("lists.index"), 303)


def _next() -> str | None:
    """The list that led here."""
    return web.local_path(request.values.get("next"))


def _page(action: BulkAction, part: str, form, opening: OpeningForm | None = None):
    left = _with_reasons(action, action.left)
    more = {"opening": opening, "left": left, "next": _next(), "texts": ready_texts.offered(None)}
    return render_template("bulk_actions/new.html", action=action, part=part, form=form, **more)


def _with_reasons(action: BulkAction, left: list[tuple[PickedProblem, Refusal]]) -> list[tuple[PickedProblem, str]]:
    return [(problem, _reason(action, problem, refusal)) for problem, refusal in left]


def _reason(action: BulkAction, problem: PickedProblem, refusal: Refusal) -> str:
    if not isinstance(refusal, Stale):
        return message_of(refusal)
    if problem.last_event_id != action.seen[problem.id]:
        step = {"event": gettext(EVENTS[problem.last_kind]), "name": problem.last_actor}
        return gettext("Sudah berubah: %(event)s oleh %(name)s, %(time)s.", **step, time=moment(problem.last_at))
    if not policy.has_status_for(first_of(action.verb), problem):
        return gettext("Statusnya %(status)s.", status=gettext(status_words(problem.status, problem.is_withdrawn)))
    return message_of(refusal)


# The first part of the form of each verb.
FIRST = {
    "accept": ("acceptance", ActionForm),
    "close": ("closure", ClosureForm),
    "escalate": ("escalation", escalation_form),
    "open_and_escalate": ("opening", opening_form),
}
