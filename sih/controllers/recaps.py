"""Rekap (docs/paper.md, P3, P4, P6): every month and year counted, every figure a link to the problems it counts."""

from flask import Blueprint, render_template, request, url_for

from sih import web
from sih.dao.recap.figures import SHOWN
from sih.domain import clock, vocabulary
from sih.domain.periods import Period
from sih.forms import figures
from sih.recap import build
from sih.web.recap_pages import pictures, tables

blueprint = Blueprint("recaps", __name__)


@blueprint.get("/recaps")
@web.supervisors_only
def index():
    period, cut = figures.parse_recap(request.args, clock.today())
    recap = build.build(web.query(), period, cut, web.now())
    return render_template(
        "recaps/index.html",
        recap=recap,
        years=sorted({*recap.totals.years, clock.today().year, period.year}, reverse=True),
        figures=vocabulary.FIGURES,
        cuts=vocabulary.CUTS,
        measures=vocabulary.MEASURES,
        shares=vocabulary.SHARES,
        shown=SHOWN,
        pictures=pictures(recap),
        tables=tables(recap),
        change=build.change,
        points=build.points,
        recap_url=_recap_url,
    )


def _recap_url(period: Period, cut: str | None = None) -> str:
    """The recap of another period, or by another cut."""
    month = None if period.is_year else period.month
    return url_for("recaps.index", year=period.year, month=month, cut=cut or request.args.get("cut"))
