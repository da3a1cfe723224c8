"""Unduh: downloads a master-data list in the format of the import, so that it can be edited and imported again."""

from collections.abc import Iterator

from flask import Blueprint, Response, request, stream_with_context

from sih import sheets, web
from sih.dao.masters import Masters
from sih.domain.errors import NotFound
from sih.forms import master_filters
from sih.masters import BY_NAME, Noun
from sih.web import security_events
from sih.web.list_files import send_xlsx

blueprint = Blueprint("exports", __name__)


@blueprint.get("/exports")
@web.admins_only
def index():
    """Query string: `noun`, `format` csv or xlsx, and the filters of its list; `template` for the headings alone."""
    noun = BY_NAME.get(request.args.get("noun", ""))
    if noun is None:
        raise NotFound
    if "template" not in request.args:
        security_events.note_download(f"{noun.plural}.{'xlsx' if request.args.get('format') == 'xlsx' else 'csv'}")
    headings = [column.label for column in noun.columns]
    rows = iter(()) if "template" in request.args else _rows(noun)
    return _xlsx(noun, headings, rows) if request.args.get("format") == "xlsx" else _csv(noun, headings, rows)


def _csv(noun: Noun, headings: list[str], rows: Iterator) -> Response:
    """Streams the file row by row while the database is queried page by page."""
    disposition = {"Content-Disposition": f'attachment; filename="{noun.plural}.csv"'}
    return Response(stream_with_context(sheets.write_csv(headings, rows)), mimetype="text/csv", headers=disposition)


def _xlsx(noun: Noun, headings: list[str], rows: Iterator) -> Response:
    return send_xlsx(f"{noun.plural}.xlsx", lambda file: sheets.write_xlsx(file, noun.title, headings, rows))


def _rows(noun: Noun) -> Iterator[list[str]]:
    """The rows in the words of the file; states are Indonesian, like its headings."""
    reading = master_filters.parse(request.args, noun)
    for row in Masters(web.query(), noun).all(reading.filters):
        yield [column.display(row[column.name]) for column in noun.columns]
