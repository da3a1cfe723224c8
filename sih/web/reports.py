"""Lapor Kendala: its form with its choices, and what it may repeat ("Sudah dilaporkan?")."""

from sih import web
from sih.dao.employees import Employees
from sih.dao.likeness import Likeness
from sih.dao.problems import Problems
from sih.domain import policy
from sih.domain.records import Employee, Repeats, Reporter
from sih.domain.text import nik_of
from sih.forms.problems import ProblemForm
from sih.web.i18n import gettext


def form_of(typed) -> ProblemForm:
    """`typed`: the values of the form, or None."""
    form, choices = ProblemForm(typed), web.choices()
    form.reporter = _reporter(form)
    whose, kinds = form.reporter, choices.asset_kinds()
    assets = choices.assets(whose.store_id) if whose else []
    lately = choices.lately_reported(whose.id, whose.store_id) if whose else []
    form.offer(assets, kinds, gettext("Lainnya"), lately, gettext("Terakhir dilaporkan"))
    return form.offer_troubles(kinds, choices.troubles())


def repeats_of(form: ProblemForm) -> Repeats | None:
    """What this report may repeat; None while it names no reporter or no good. Its texts may be empty."""
    if form.reporter is None or not form.has_good:
        return None
    return Likeness(web.query()).repeated(web.me(), form.reporter.store_id, form.words, web.now())


def unseen_repeats(form: ProblemForm) -> Repeats | None:
    """What this valid report may repeat, if the page has not shown it yet. A second click of a report that was sent is
    no repeat of itself."""
    if form.anyway.data:
        return None
    repeats = repeats_of(form)
    if not repeats or repeats.names <= set((form.shown.data or "").split()):
        return None
    return None if Problems(web.query()).reported(web.me(), form.ensure_token()) else repeats


def _reporter(form: ProblemForm) -> Employee | Reporter | None:
    """The reporter: the signed-in person, or the caller whom a handler names; None if that NIK is unknown."""
    nik = form.caller.data
    if not nik or not policy.can_record_for_caller(web.me()):
        form.caller.data = ""
        return web.me()
    return Employees(web.query()).reporter(nik_of(nik))
