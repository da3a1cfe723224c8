"""Unduh: a list of master data as the file that an import takes, so that out, edit, in works."""

import tempfile
from collections.abc import Iterator

from flask import Blueprint, Response, request, send_file, stream_with_context

from sih import sheets, web
from sih.dao.masters import Masters
from sih.domain.errors import NotFound
from sih.forms import master_filters
from sih.masters import BY_NAME, Noun
from sih.web import security_events

blueprint = Blueprint("exports", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 5_000_000  # bytes; a larger file is put together on the disk


@blueprint.get("/exports")
@web.admins_only
def index():
    """`noun`, `format` csv or xlsx, and the filters of its list; `template` for the headings alone."""
    noun = BY_NAME.get(request.args.get("noun", ""))
    if noun is None:
        raise NotFound
    if "template" not in request.args:
        security_events.note_download(f"{noun.plural}.{'xlsx' if request.args.get('format') == 'xlsx' else 'csv'}")
    headings = [column.label for column in noun.columns]
    rows = iter(()) if "template" in request.args else _rows(noun)
    return _xlsx(noun, headings, rows) if request.args.get("format") == "xlsx" else _csv(noun, headings, rows)


def _csv(noun: Noun, headings: list[str], rows: Iterator) -> Response:
    """Row by row, while the database is read page by page."""
    disposition = {"Content-Disposition": f'attachment; filename="{noun.plural}.csv"'}
    return Response(stream_with_context(sheets.write_csv(headings, rows)), mimetype="text/csv", headers=disposition)


def _xlsx(noun: Noun, headings: list[str], rows: Iterator) -> Response:
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - send_file closes it
    sheets.write_xlsx(file, noun.title, headings, rows)
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=f"{noun.plural}.xlsx")


def _rows(noun: Noun) -> Iterator[list[str]]:
    """In the words of the file; those of a state are Indonesian, as its headings are."""
    reading = master_filters.parse(request.args, noun)
    for row in Masters(web.query(), noun).all(reading.filters):
        yield [column.display(row[column.name]) for column in noun.columns]
