"""Lapor Kendala, and a problem with its history (R3, R9, R11). The list is in lists.py."""

from flask import Blueprint, flash, redirect, render_template, request, url_for

from sih import policy, web
from sih.dao.choices import Choices
from sih.dao.events import Events
from sih.dao.problems import Problems
from sih.errors import NotFound
from sih.forms.comments import CommentForm
from sih.forms.problems import ProblemForm
from sih.reader import gettext

blueprint = Blueprint("problems", __name__)


@blueprint.get("/problems/new")
@web.signed_in
def new():
    form = _form(web.typed())
    form.ensure_token()
    return render_template("problems/new.html", form=form)


@blueprint.post("/problems")
@web.signed_in
def create():
    form = _form(request.form)
    token = form.ensure_token()
    if not form.validate():
        return render_template("problems/new.html", form=form), 422
    problems = Problems(web.query())
    number = problems.report(web.me(), web.now(), token, form.words)
    return _sent(number) if number else _sent_before(form, problems.reported(web.me(), token))


@blueprint.get("/problems/<id:problem_id>")
@web.signed_in
def show(problem_id: int):
    me = web.me()
    problem = Problems(web.query()).visible_to(me, problem_id)
    return render_template(
        "problems/show.html",
        problem=problem,
        events=Events(web.query()).of(problem_id),
        actions=policy.actions(me, problem, web.now()),
        comment=_comment_form() if policy.can_comment(me, problem) else None,
    )


def _comment_form() -> CommentForm:
    form = CommentForm()
    form.ensure_token()
    return form


def _form(typed) -> ProblemForm:
    choices = Choices(web.query())
    return ProblemForm(typed).offer(choices.assets(web.me()), choices.asset_kinds(), gettext("Lainnya"))


def _sent(number: int):
    flash(gettext("Kendala #%(number)d terkirim dan menunggu di Helpdesk.", number=number))
    return redirect(url_for("problems.show", problem_id=number), 303)


def _sent_before(form: ProblemForm, first: dict | None):
    """The same words were the same click; other words may be a new problem, and the reporter says so."""
    if first is None:
        raise NotFound
    words = form.words
    if all(first[name] == words[name] for name in words):
        return _sent(first["id"])
    form.renew_token()
    return render_template("problems/sent_before.html", form=form, first=first), 409
