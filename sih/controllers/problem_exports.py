"""Unduh daftar: exports the filtered problem list as a file; created in the background, kept for a day."""

from urllib.parse import parse_qsl

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for

from sih import web
from sih.dao.problem_exports import ProblemExport, ProblemExports
from sih.domain.errors import NotFound
from sih.domain.text import is_plain
from sih.forms import problem_filters
from sih.web import security_events

blueprint = Blueprint("problem_exports", __name__)
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}


@blueprint.post("/problem-exports")
@web.supervisors_only
def create():
    """Form: `filters`, the query string of the list; `format`, xlsx or csv."""
    file_format, pairs = request.form.get("format", ""), parse_qsl(request.form.get("filters", "")[:2000])
    if file_format not in TYPES:
        raise NotFound
    known = set(problem_filters.NAMES) - {"after"}
    filters = {name: value for name, value in pairs if name in known and value.isprintable() and is_plain(value)}
    number = ProblemExports(web.query()).add(web.me(), file_format, filters, web.now(), web.limits().files)
    return redirect(url_for("problem_exports.show", export_id=number), 303)


@blueprint.get("/problem-exports/<id:export_id>")
@web.supervisors_only
def show(export_id: int):
    """The progress of the export; with ?file the file itself."""
    found = ProblemExports(web.query()).of(export_id, web.now(), web.me().id)
    if found is None:
        raise NotFound
    if found.is_ready and "file" in request.args:
        security_events.note_download(f"kendala-{found.id}.{found.format}")
        return _file(found)
    return render_template("problem_exports/show.html", found=found)


def _file(found: ProblemExport) -> Response:
    parts = stream_with_context(ProblemExports(web.query()).parts(found.id))
    disposition = {"Content-Disposition": f'attachment; filename="kendala-{found.id}.{found.format}"'}
    return Response(parts, mimetype=TYPES[found.format], headers=disposition)
