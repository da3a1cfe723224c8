"""Rekap (docs/paper.md, P3, P4, P6): figures of a month or year, each a link to the problems that it counts."""

from functools import partial

from flask import Blueprint, render_template, request, url_for

from sih import web
from sih.domain import clock, vocabulary
from sih.domain.periods import Period
from sih.forms import figures
from sih.recap import build
from sih.web.recap_pages import context

blueprint = Blueprint("recaps", __name__)


@blueprint.get("/recaps")
@web.supervisors_only
def index():
    period, dimension = figures.parse_recap(request.args, clock.today())
    recap = build.build(web.query(), period, dimension, web.now())
    return render_template(
        "recaps/index.html",
        years=sorted({*recap.totals.years, clock.today().year, period.year}, reverse=True),
        dimensions=vocabulary.DIMENSIONS,
        recap_url=partial(_recap_url, dimension),
        **context(recap),
    )


def _recap_url(present: str, period: Period, dimension: str | None = None) -> str:
    """The address of the recap of another period, or by another dimension than the present one."""
    month, dimension = None if period.is_year else period.month, dimension or present
    return url_for("recaps.index", year=period.year, month=month, dimension=dimension)
