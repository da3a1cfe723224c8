"""Lapor Kendala, and the page of a problem with its history (docs/paper.md, R3, R9, R11). The list is in lists.py."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from sih import web
from sih.dao.assets import Assets
from sih.dao.events import Events
from sih.dao.masters import Masters
from sih.dao.problems import Problems
from sih.dao.report_drafts import ReportDrafts
from sih.domain import ages, policy
from sih.domain.errors import NotFound, TooMuchSent
from sih.domain.records import REOPEN_DAYS, Event, Problem
from sih.domain.text import clean, is_plain
from sih.forms import master_filters
from sih.forms.comments import CommentForm
from sih.forms.problems import ProblemForm
from sih.masters.nouns import EMPLOYEE
from sih.photos import MOST_FORM_BYTES
from sih.web import cures, ready_texts, reports
from sih.web import files as form_files
from sih.web.files import FormFiles
from sih.web.i18n import gettext, language, message_of

blueprint = Blueprint("problems", __name__)
MOST_FOUND = 20  # callers with a matching name


@blueprint.get("/problems/new")
@web.signed_in
def new():
    """`asset`: the label of a scanned QR code (sih/pdf/labels.py). `continued`: with what this person was typing, which
    the page otherwise offers."""
    typed, notice = web.typed(), None
    draft = None if typed else ReportDrafts(web.query()).of(web.me().id)
    if draft and request.args.get("continued"):
        typed, draft = MultiDict(draft.fields), None
    form, files = reports.form_of(typed), form_files.of_draft(typed)
    form.ensure_token()
    if label := clean(request.args.get("asset")).upper():
        notice = _choose(form, label)
    return render_template("problems/new.html", form=form, files=files, notice=notice, draft=draft)


@blueprint.post("/problems")
@web.takes_upload(MOST_FORM_BYTES)
@web.signed_in
def create():
    form, files = reports.form_of(request.form), form_files.received(request.form, request.files)
    token = form.ensure_token()
    if form.step.data == "caller":
        found = _callers_like(form)
        if not found:
            form.caller.validate(form)
        is_chosen = form.reporter is not None
        return render_template("problems/new.html", form=form, files=files, found=found, is_chosen=is_chosen)
    problems, limits = Problems(web.query()), web.limits()
    first = problems.reported(web.me(), token) if files.gone else None
    if not form.validate() or (first is None and not files.validate()):
        return render_template("problems/new.html", form=form, files=files), 422
    if repeats := reports.unseen_repeats(form):
        return render_template("problems/new.html", form=form, files=files, repeats=repeats)
    limit = limits.handler_reports if policy.is_handler(web.me()) else limits.reports
    try:
        number = problems.report(web.me(), web.now(), token, form.words, form.reported_for, limit, files.chosen)
    except TooMuchSent as refusal:
        page = render_template("problems/new.html", form=form, files=files, refusal=message_of(refusal))
        return page, *web.status(refusal)
    return _sent(number) if number else _sent_before(form, files, problems.reported(web.me(), token))


@blueprint.get("/problems/<id:problem_id>")
@web.signed_in
def show(problem_id: int):
    me, now = web.me(), web.now()
    problem = Problems(web.query()).visible_to(me, problem_id)
    events = Events(web.query()).of(problem_id, me)
    actions, with_text_above = policy.actions(me, problem, now), _with_text_above(problem, events)
    return render_template(
        "problems/show.html",
        problem=problem,
        age=ages.of(problem, now, web.choices().age_limits(), language()),
        events=events,
        with_text_above=with_text_above,
        files_above={event.kind: event.files for event in events if event.id in with_text_above},
        actions=actions,
        reopening_ended="reopen" not in actions and policy.could_confirm(me, problem),
        reopen_days=REOPEN_DAYS,
        list_address=_list_address(),
        files=FormFiles(),
        comment=_comment_form() if policy.can_comment(me, problem) else None,
        texts=ready_texts.offered(problem),
        cures=cures.offered(problem),
    )


def _with_text_above(problem: Problem, events: list[Event]) -> set[int]:
    """The ids of the report and of the events with the present diagnosis or solution, which the page has beside the
    history."""
    present = {event.kind: event for event in events if event.kind in ("reported", "opened", "closed")}
    texts = {"reported": None, "opened": problem.diagnosis, "closed": problem.solution}
    return {event.id for kind, event in present.items() if event.note == texts[kind]}


def _list_address() -> str:
    """The list that led to this page, with its filters; otherwise the whole list. js/back.js remembers it longer."""
    start, came_from = url_for("lists.index"), urlsplit(request.referrer or "")
    if came_from.netloc != request.host or came_from.path != start or not came_from.query:
        return start
    return web.local_path(f"{start}?{came_from.query}") or start


def _choose(form: ProblemForm, label: str) -> str | None:
    """Fills in the asset with this label; returns a message if that is not possible."""
    asset = Assets(web.query()).by_label(label) if is_plain(label) else None
    if asset is None:
        return gettext("Label %(label)s tidak dikenal. Pilih barangnya di bawah.", label=label[:40])
    if asset.is_retired:
        return gettext("Barang %(label)s sudah tidak dipakai lagi. Pilih barang lain di bawah.", label=asset.label)
    if form.reporter and asset.store_id != form.reporter.store_id:
        return gettext("Barang %(label)s tercatat di toko lain: %(store)s.", label=asset.label, store=asset.store)
    form.good.data = form.good.data or f"asset:{asset.id}"
    return None


def _comment_form() -> CommentForm:
    form = CommentForm()
    form.ensure_token()
    return form


def _callers_like(form: ProblemForm) -> list[dict]:
    """The employees whose names match, if what was typed as the caller is no known NIK."""
    words = master_filters.words_of(form.caller.data)
    if form.reporter or not master_filters.is_searchable(words):
        return []
    return Masters(web.query(), EMPLOYEE).page({"words": words, "active": "yes"}, size=MOST_FOUND)[0]


def _sent(number: int):
    flash(gettext("Kendala #%(number)d terkirim dan menunggu di Helpdesk.", number=number))
    return redirect(url_for("problems.show", problem_id=number), 303)


def _sent_before(form: ProblemForm, files: FormFiles, first: dict | None):
    """The token was used before. With the same content this was a second click; otherwise the page asks whether it is
    another problem."""
    if first is None:
        raise NotFound
    words = {**form.words, "reporter_id": form.reported_for.id}
    if all(first[name] == words[name] for name in words) and files.are_in(first["event_id"]):
        files.discard_made()
        return _sent(first["id"])
    form.renew_token()
    return render_template("problems/sent_before.html", form=form, files=files, first=first), 409
