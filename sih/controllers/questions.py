"""Tanya pelapor: a question to the reporter, who answers by any comment; until then the problem waits for the
reporter."""

from flask import Blueprint, flash, request

from sih import web
from sih.domain.errors import SentBefore, TooMuchSent
from sih.domain.records import Problem
from sih.forms.questions import QuestionForm
from sih.web import action_pages, ready_texts
from sih.web.i18n import gettext, message_of

blueprint = Blueprint("questions", __name__)


@blueprint.get("/problems/<id:problem_id>/questions/new")
@web.handlers_only
def new(problem_id: int):
    problem, form = web.find_to("ask", problem_id), QuestionForm(web.typed())
    form.ensure_token()
    return _page(problem, form)


@blueprint.post("/problems/<id:problem_id>/questions")
@web.handlers_only
def create(problem_id: int):
    action, form = web.begin_to("ask", problem_id), QuestionForm(request.form)
    token = form.ensure_token()
    if ready_texts.put_into(form.question, "answer", action.problem):
        return _page(action.problem, form)
    if not form.validate():
        return _page(action.problem, form), 422
    try:
        action.do(token=token, words=form.question.data, limit=web.limits().comments)
    except SentBefore as refusal:
        form.renew_token()
        return _page(action.problem, form, message_of(refusal)), *web.status(refusal)
    except TooMuchSent as refusal:
        return _page(action.problem, form, message_of(refusal)), *web.status(refusal)
    flash(gettext("Pertanyaan terkirim. Kendala #%(number)d menunggu jawaban pelapor.", number=problem_id))
    return web.back_to(problem_id)


@blueprint.post("/problems/<id:problem_id>/questions/<id:question_id>/deletions")
@web.handlers_only
def destroy(problem_id: int, question_id: int):
    """Tidak perlu lagi. The question stays in the history."""
    web.begin_to("unask", problem_id).do(question_id=question_id)
    flash(gettext("Kendala #%(number)d tidak lagi menunggu jawaban pelapor.", number=problem_id))
    return web.back_to(problem_id)


def _page(problem: Problem, form: QuestionForm, refusal: str | None = None):
    return action_pages.page("questions/new.html", problem, form, refusal=refusal)
