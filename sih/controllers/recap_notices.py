"""Opening or dismissing the notice on Daftar Kendala that a month is closed."""

from flask import Blueprint, redirect, request, url_for

from sih import web
from sih.dao.recap.figures import Recaps
from sih.domain import clock, periods
from sih.domain.errors import NotFound

blueprint = Blueprint("recap_notices", __name__)


@blueprint.post("/recap-notices")
@web.supervisors_only
def create():
    """`period`: the month of the notice; `open`: go to its recap instead of back to the list."""
    period = periods.parse(request.form.get("period", ""), clock.today())
    if period is None or period.is_year:
        raise NotFound
    Recaps(web.query()).dismiss_notice(web.me().id, period)
    if "open" in request.form:
        return redirect(url_for("recaps.index", year=period.year, month=period.month), 303)
    return redirect(url_for("lists.index"), 303)
