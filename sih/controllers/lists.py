"""Daftar Kendala (docs/paper.md, R2, R7, R8): the list of problems, with filters in the URL."""

import functools
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, get_template_attribute, redirect, render_template, request, url_for
from markupsafe import Markup

from sih import web
from sih.dao.problem_counts import ProblemCounts
from sih.dao.problem_lists import ProblemLists
from sih.dao.recap.figure_lists import FigureLists
from sih.domain import clock, periods, policy
from sih.domain.periods import Figure
from sih.domain.records import ProblemSummary
from sih.domain.text import clean, is_plain
from sih.domain.vocabulary import COUNTED, DIMENSIONS
from sih.forms import figures, problem_filters
from sih.recap import build
from sih.web import application
from sih.web.i18n import language, zone_name
from sih.web.recap_pages import ages_named

blueprint = Blueprint("lists", __name__)
ROWS_KEPT = 2000  # cached rows of a process, about 1 kB each


@blueprint.get("/")
@web.signed_in
def home():
    return redirect(url_for("lists.index"))


@blueprint.get("/problems")
@web.signed_in
def index():
    me, query = web.me(), web.query()
    if today := figures.renamed(request.args):
        return redirect(_list_url(**today))
    figure = figures.parse(request.args, clock.today())
    if figure and policy.can_see_figure(me, figure):
        return _behind(figure)
    store_code = clean(request.args.get("store"))
    store_code = store_code if is_plain(store_code) else ""
    month, supervisor_id = periods.of(clock.today()).after(-1), me.id if policy.can_see_recap(me) else None
    alarm_limit = application.settings().wrong_pins_alarm
    offered = web.choices().for_list(
        store_code, month, web.now(), supervisor_id, alarm_limit * policy.watches_security(me)
    )
    divisions = offered.divisions + offered.former
    reading = problem_filters.parse(request.args, me, divisions, offered.store, clock.today().year)
    problems, has_more = ProblemLists(query).page(me, reading.filters, reading.after)
    tally = ProblemCounts(query).of(me, reading.filters)
    if "figure" in request.args:
        reading.faults.append("Rekap")
    return render_template(
        "lists/index.html",
        rows=_rows(problems),
        next_cursor=problem_filters.cursor_of(problems[-1]) if has_more else None,
        reading=reading,
        tally=tally,
        years=sorted(tally.years | {clock.today().year} | {reading.filters.year or clock.today().year}, reverse=True),
        divisions=offered.groups,
        former=offered.former,
        list_url=_list_url,
        news=month if offered.is_news else None,
        alarm_limit=alarm_limit if offered.is_alarmed else None,
    )


def _behind(figure: Figure):
    """The problems that a figure of the recap counts, under the figure itself."""
    after = problem_filters.cursor(request.args)
    amount, name = build.amount_of(web.query(), figure, web.now())
    # Where nothing was counted nothing is looked for: that would take longest.
    problems, place = (
        FigureLists(web.query(), web.me().small_masters_version).page(figure, web.now(), after)
        if amount
        else ([], None)
    )
    next_cursor = problem_filters.cursor_at(*place) if place else None
    return render_template(
        "lists/figure.html",
        figure=figure,
        name=name,
        amount=amount,
        words=COUNTED,
        dimensions=DIMENSIONS,
        ages=ages_named(),
        has_load=policy.can_see_load_of(web.me(), figure),
        rows=_rows(problems),
        next_cursor=next_cursor,
        after=after,
        list_url=_list_url,
    )


def _rows(problems: Sequence[ProblemSummary]) -> list[Markup]:
    me, now, reader = web.me(), web.now(), (language(), zone_name())
    return [_row(problem, policy.actions(me, problem, now), *reader) for problem in problems]


@functools.lru_cache(ROWS_KEPT)
def _row(problem: ProblemSummary, allowed: tuple[str, ...], language: str, zone: str) -> Markup:
    """A row as HTML, which depends on these arguments only. It is cached, because most people see the same newest fifty
    rows, and rendering them is most of the cost of the page."""
    return get_template_attribute("lists/_row.html", "row")(problem, allowed)


def _list_url(**changes) -> str:
    """The URL of this list with changed filters, without those that are None or empty."""
    values: dict[str, Any] = {**request.args.to_dict(), **changes}
    return url_for("lists.index", **{name: values[name] for name in problem_filters.NAMES if values.get(name)})
