"""Daftar Kendala (docs/paper.md, R2, R7, R8): the list of problems, with filters in the URL."""

import functools
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, redirect, render_template, request, url_for

from sih import web
from sih.dao.likely_words import LikelyWords
from sih.dao.problem_counts import ProblemCounts
from sih.dao.problem_lists import ProblemLists
from sih.dao.recap.figure_lists import FigureLists
from sih.dao.saved_views import SavedViews
from sih.domain import clock, periods, policy
from sih.domain.periods import Figure
from sih.domain.records import Employee
from sih.domain.vocabulary import COUNTED, DIMENSIONS
from sih.forms import figures, problem_filters
from sih.forms.saved_views import filters_of
from sih.recap import build
from sih.web import application
from sih.web.recap_pages import ages_named
from sih.web.rows import rows
from sih.web.sessions import start_page

blueprint = Blueprint("lists", __name__)


@blueprint.get("/")
@web.signed_in
def home():
    return redirect(start_page(web.me()))


@blueprint.get("/problems")
@web.signed_in
def index():
    me, query = web.me(), web.query()
    if today := figures.renamed(request.args):
        return redirect(_list_url(request.args.to_dict(), **today))
    figure = figures.parse(request.args, clock.today())
    if figure and policy.can_see_figure(me, figure):
        return _behind(figure)
    args = _parameters(me)
    month, supervisor_id = periods.of(clock.today()).after(-1), me.id if policy.can_see_recap(me) else None
    alarm_limit = application.settings().wrong_pins_alarm
    options = web.choices().for_list(
        me, problem_filters.typed(args, me), month, web.now(), supervisor_id, alarm_limit * policy.watches_security(me)
    )
    reading = problem_filters.parse(args, me, options, clock.today().year)
    filters, lists, this_year = reading.filters, ProblemLists(query), clock.today().year
    problems, has_more = lists.page(me, filters, reading.after)
    tally = ProblemCounts(query).of(me, filters)
    has_hits = problems or reading.after
    likely = LikelyWords(query).instead_of(filters.words) if filters.words and not has_hits else None
    if "figure" in request.args:
        reading.faults.append("Rekap")
    begins = policy.is_reporter(me) and not problem_filters.is_filtered(args) and not reading.after
    return render_template(
        "lists/index.html",
        rows=rows(problems, says_standing=filters.mine),
        next_cursor=problem_filters.cursor_of(problems[-1], filters.order) if has_more else None,
        reading=reading,
        tally=tally,
        years=sorted(tally.years | {this_year, filters.year or this_year}, reverse=True),
        options=options,
        args=args,
        present_filters=filters_of(args),
        list_url=functools.partial(_list_url, args),
        likely=likely,
        to_answer=lists.to_answer(me, web.now()) if begins else [],
        news=month if options.is_news else None,
        alarm_limit=alarm_limit if options.is_alarmed else None,
    )


def _parameters(me: Employee) -> dict[str, str]:
    """The parameters of the list: those of the URL; without a filter among them, those with which this person's list
    opens: for handlers their default view, else the own queue, in which `own` stays."""
    args = {name: value for name, value in request.args.items() if value}
    if not policy.is_handler(me) or problem_filters.is_filtered(args):
        return args
    default = None if "own" in args else SavedViews(web.query(), me).default()
    return {**(dict(parse_qsl(default)) if default else {"waiting": "1"}), **args}


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
        rows=rows(problems),
        next_cursor=next_cursor,
        after=after,
        args=request.args,
        list_url=functools.partial(_list_url, request.args.to_dict()),
    )


def _list_url(args: dict[str, str], **changes) -> str:
    """The URL of a list with these parameters after some changes, without those that are None or empty."""
    values: dict[str, Any] = {**args, **changes}
    return url_for("lists.index", **{name: values[name] for name in problem_filters.NAMES if values.get(name)})
