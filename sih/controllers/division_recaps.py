"""The recap of one division (docs/paper.md, P3, P6): for its handlers, and for supervisors, who send them the link or
the file."""

import tempfile

from flask import Blueprint, Response, render_template, request, send_file, url_for

from sih import web
from sih.domain import clock, periods, policy
from sih.domain.errors import NotFound
from sih.domain.periods import Period
from sih.recap import build, files, pdf
from sih.recap.build import Recap
from sih.web import security_events
from sih.web.recap_pages import context

blueprint = Blueprint("division_recaps", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/recaps/divisions/<id:division_id>")
@web.signed_in
def show(division_id: int):
    """Query string: `period` 2026 or 2026-10, this month if missing; `format` xlsx or pdf for the file."""
    today, file_format = clock.today(), request.args.get("format")
    period = periods.parse(request.args.get("period", periods.of(today).text), today)
    may_see = policy.can_see_recap_of_division(web.me(), division_id)
    if not may_see or period is None or file_format not in (None, *FORMATS):
        raise NotFound
    recap = build.build_division(web.query(), period, division_id, web.now())
    if recap is None:
        raise NotFound
    if file_format:
        name = f"rekap-{period.text}-divisi-{division_id}.{file_format}"
        security_events.note_download(name)
        return FORMATS[file_format](recap, name)
    return render_template(
        "recaps/division.html",
        recap_url=lambda other: _url(division_id, other),
        **context(recap),
    )


def _url(division_id: int, period: Period) -> str:
    return url_for("division_recaps.show", division_id=division_id, period=period.text)


def _xlsx(recap: Recap, name: str) -> Response:
    """The workbook, of a month with the problems that its figures count; those of a year are too many for one file."""
    behind = None if recap.period.is_year else build.problems_behind(web.query(), recap, web.now())
    file = tempfile.TemporaryFile()  # noqa: SIM115 - send_file closes it
    files.division_xlsx(file, recap, behind, web.now())
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


def _pdf(recap: Recap, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pdf.pdf(recap, web.now()), mimetype="application/pdf", headers=disposition)


FORMATS = {"xlsx": _xlsx, "pdf": _pdf}
