"""Unduh: the PDF of an activation sheet, once. A POST, so that programs that follow links do not download it."""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request, stream_with_context

from sih import web
from sih.background import activation_sheets
from sih.dao.activation_sheets import ActivationSheets
from sih.domain.errors import NotFound
from sih.web import application, security_events

blueprint = Blueprint("activation_sheet_downloads", __name__)


@blueprint.post("/activation-sheets/<id:sheet_id>/downloads")
@web.admins_only
def create(sheet_id: int):
    found = ActivationSheets(web.query()).of(sheet_id, web.now(), web.me().id)
    if found is None or found.ready_at is None:
        raise NotFound
    security_events.note("sheet_downloaded", nik=web.me().nik, detail=f"{found.id}: {found.amount}")
    disposition = f'attachment; filename="kode-aktivasi-{found.id}.pdf"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    headers["X-Accel-Buffering"] = "no"  # nginx must not buffer, or the receipt would be early
    settings, app_context = application.settings(), current_app.app_context

    def drop() -> None:
        with app_context():
            ActivationSheets(web.query()).drop(found.id)

    def parts() -> Iterator[bytes]:
        """The file. It is deleted only after the browser has received all of it, so a broken download can be
        repeated."""
        yield from activation_sheets.pdf(web.query(), found, settings.pin_key, settings.public_url)
        request.environ.get("sih.on_receipt", lambda call: call())(drop)

    return Response(stream_with_context(parts()), mimetype="application/pdf", headers=headers)
