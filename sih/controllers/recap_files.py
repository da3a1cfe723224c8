"""A recap as a file: XLSX, CSV or PDF."""

import tempfile

from flask import Blueprint, Response, request, send_file

from sih import clock, periods, recap_files, recap_pdf, recaps, security, sheets, web
from sih.errors import NotFound
from sih.periods import Period

blueprint = Blueprint("recap_files", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/recap-files")
@web.supervisors_only
def index():
    """`period` 2026 or 2026-10, `format` xlsx, csv or pdf."""
    period, make = periods.read(request.args.get("period", ""), clock.today()), FORMATS.get(request.args.get("format"))
    if period is None or make is None:
        raise NotFound
    security.note_download(f"rekap-{period.text}.{request.args['format']}")
    return make(period, f"rekap-{period.text}")


def _xlsx(period: Period, name: str) -> Response:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - send_file closes it
    recap_files.xlsx(file, recap_files.of_every_cut(web.query(), period, web.now()), web.now())
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")


def _csv(period: Period, name: str) -> Response:
    rows = recap_files.csv_rows(recap_files.of_every_cut(web.query(), period, web.now()))
    content = b"".join(sheets.write_csv(["Menurut", "Nama", *recap_files.HEADS], rows))
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, mimetype="text/csv", headers=disposition)


def _pdf(period: Period, name: str) -> Response:
    content = recap_pdf.pdf(recaps.build(web.query(), period, "division", web.now()))
    disposition = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, mimetype="application/pdf", headers=disposition)


FORMATS = {"xlsx": _xlsx, "csv": _csv, "pdf": _pdf}
