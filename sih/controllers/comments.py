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
from sih.photos import MOST_FORM_BYTES
from sih.web import files as form_files
from sih.web import ready_texts
from sih.web.files import FormFiles
from sih.web.i18n import gettext, message_of

blueprint = Blueprint("comments", __name__)


@blueprint.get("/problems/<id:problem_id>/comments/new")
@web.signed_in
def new(problem_id: int):
    typed = web.typed()
    return _page(_find(problem_id), _form(typed), form_files.of_draft(typed))


@blueprint.post("/problems/<id:problem_id>/comments")
@web.takes_upload(MOST_FORM_BYTES)
@web.signed_in
def create(problem_id: int):
    problem, form = _find(problem_id), _form(request.form)
    files, events = form_files.received(request.form, request.files), Events(web.query())
    token, kind = form.ensure_token(), "noted" if form.internal.data else "commented"
    if ready_texts.put_into(form.remark, "answer", problem):
        return _page(problem, form, files)
    is_valid, words = form.validate(), (web.me(), token, form.remark.data, kind)
    first = events.same_remark(problem_id, *words) if is_valid and files.are_any else None
    if first and not files.are_in(first):
        return _sent_before(problem, form, files)
    if not is_valid or not files.validate(is_first=first is None):
        return _page(problem, form, files), 422
    named = Mentions(web.query()).named_in(form.remark.data, problem, web.me(), form.internal.data)
    sent = (problem_id, web.me(), web.now(), token, form.remark.data, web.limits().comments)
    try:
        if not events.comment(*sent, kind, [person.id for person in named], files.chosen):
            return _sent_before(problem, form, files)
    except TooMuchSent as refusal:
        return _page(problem, form, files, message_of(refusal)), *web.status(refusal)
    files.discard_made()
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


def _sent_before(problem, form: CommentForm, files: FormFiles):
    """The form was sent again, with another text, after "back" in the browser: shows it with a new token, so that the
    next click adds a second comment."""
    form.renew_token()
    return _page(problem, form, files, message_of(SentBefore())), 409


def _page(problem, form: CommentForm, files: FormFiles, refusal: str | None = None):
    more = {"files": files, "refusal": refusal, "texts": ready_texts.offered(problem)}
    return render_template("comments/new.html", problem=problem, form=form, **more)


def _find(problem_id: int):
    problem = Problems(web.query()).visible_to(web.me(), problem_id)
    if not policy.can_comment(web.me(), problem):
        raise Forbidden
    return problem
