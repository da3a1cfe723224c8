"""A recap as a file: XLSX, CSV or PDF."""

import tempfile

from flask import Blueprint, Response, request, send_file

from sih import sheets, web
from sih.domain import clock, periods
from sih.domain.errors import NotFound
from sih.domain.periods import Period
from sih.recap import build, files, pdf
from sih.web import security_events

blueprint = Blueprint("recap_files", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/recap-files")
@web.supervisors_only
def index():
    """`period` 2026 or 2026-10, `format` xlsx, csv or pdf."""
    period, make = periods.parse(request.args.get("period", ""), clock.today()), FORMATS.get(request.args.get("format"))
    if period is None or make is None:
        raise NotFound
    security_events.note_download(f"rekap-{period.text}.{request.args['format']}")
    return make(period, f"rekap-{period.text}")


def _xlsx(period: Period, name: str) -> Response:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - send_file closes it
    files.xlsx(file, files.of_every_dimension(web.query(), period, web.now()), web.now())
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def _csv(period: Period, name: str) -> Response:
    rows = files.csv_rows(files.of_every_dimension(web.query(), period, web.now()), web.now())
    content = b"".join(sheets.write_csv(files.csv_heads(), rows))
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, mimetype="text/csv", headers=disposition)


def _pdf(period: Period, name: str) -> Response:
    content = pdf.pdf(build.build(web.query(), period, "division", web.now()), web.now())
    disposition = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, mimetype="application/pdf", headers=disposition)


FORMATS = {"xlsx": _xlsx, "csv": _csv, "pdf": _pdf}
