"""Komentar: a comment on a problem, or an internal note; it changes neither status nor holder."""

from flask import Blueprint, flash, render_template, request

from sih import web
from sih.dao.events import Events
from sih.dao.mentions import Mentions
from sih.dao.problems import Problems
from sih.domain import policy
from sih.domain.errors import Forbidden, SentBefore, TooMuchSent
from sih.domain.records import Problem
from sih.forms.comments import CommentForm
from sih.web import ready_texts
from sih.web.i18n import gettext, message_of

blueprint = Blueprint("comments", __name__)


@blueprint.get("/problems/<id:problem_id>/comments/new")
@web.signed_in
def new(problem_id: int):
    return _page(_find(problem_id), _form(web.typed()))


@blueprint.post("/problems/<id:problem_id>/comments")
@web.signed_in
def create(problem_id: int):
    problem, form = _find(problem_id), _form(request.form)
    if ready_texts.put_into(form.remark, "answer", problem):
        return _page(problem, form)
    if not form.validate():
        return _page(problem, form), 422
    remark, kind = form.remark.data, "noted" if form.internal.data else "commented"
    named = Mentions(web.query()).named_in(remark, problem, web.me(), form.internal.data)
    sent = (problem_id, web.me(), web.now(), form.ensure_token(), remark, web.limits().comments)
    try:
        if not Events(web.query()).comment(*sent, kind, [person.id for person in named]):
            return _sent_before(problem, form)
    except TooMuchSent as refusal:
        return _page(problem, form, message_of(refusal)), *web.status(refusal)
    flash(_saved(problem, form))
    if named:
        people = ", ".join(f"{person.name} ({person.nik})" for person in named)
        flash(gettext("Disebut: %(people)s.", people=people))
    return web.back_to(problem_id)


def _saved(problem: Problem, form: CommentForm) -> str:
    if form.internal.data:
        return gettext("Catatan internal tersimpan.")
    return gettext("Jawaban tersimpan.") if policy.is_asked(web.me(), problem) else gettext("Komentar tersimpan.")


def _form(typed) -> CommentForm:
    """Raises Forbidden for an internal note of somebody who may write none, also of a draft: it is never shown as a
    comment."""
    form = CommentForm(typed)
    form.ensure_token()
    if form.internal.data and not policy.can_note(web.me()):
        raise Forbidden
    return form


def _sent_before(problem, form: CommentForm):
    """The form was sent again, with another text, after "back" in the browser: shows it with a new token, so that the
    next click adds a second comment."""
    form.renew_token()
    message = message_of(SentBefore())
    return _page(problem, form, message), 409


def _page(problem, form: CommentForm, refusal: str | None = None):
    texts = ready_texts.offered(problem)
    return render_template("comments/new.html", problem=problem, form=form, refusal=refusal, texts=texts)


def _find(problem_id: int):
    problem = Problems(web.query()).visible_to(web.me(), problem_id)
    if not policy.can_comment(web.me(), problem):
        raise Forbidden
    return problem
