"""Photos and files that scripts upload before their form is sent; without scripts they come with the form
(sih/web/files.py). What is not sent is gone after a day."""

from flask import Blueprint, jsonify, request, url_for
from werkzeug.datastructures import FileStorage

from sih import web
from sih.dao.files import Files
from sih.domain.errors import NotFound, TooManyUploads
from sih.photos import MOST_BYTES, PhotoError, faults
from sih.web.files import answer, keep
from sih.web.i18n import gettext, message_of

blueprint = Blueprint("uploads", __name__)
ENVELOPE = 100_000  # bytes of a body around its file


@blueprint.post("/uploads")
@web.takes_upload(MOST_BYTES + ENVELOPE)
@web.converts
@web.signed_in
def create():
    """Takes one `file`; answers with its id and address, or with the sentence to show beside it."""
    file = request.files.get("file")
    if not isinstance(file, FileStorage):
        return jsonify(message=gettext(faults.EMPTY)), 422
    try:
        upload = keep(file)
    except PhotoError as error:
        return jsonify(message=gettext(error.sentence)), 422
    except TooManyUploads as refusal:
        return jsonify(message=message_of(refusal)), 429
    address = url_for("uploads.show", upload_id=upload.id)
    return jsonify(id=upload.id, name=upload.name, size=upload.size, is_photo=upload.format == "jpeg", url=address), 201


@blueprint.get("/uploads/<id:upload_id>")
@web.signed_in
def show(upload_id: int):
    """With ?small the thumbnail."""
    return answer(Files(web.query()).upload(web.me(), upload_id), is_thumbnail="small" in request.args)


@blueprint.post("/uploads/<id:upload_id>/deletions")
@web.signed_in
def destroy(upload_id: int):
    if not Files(web.query()).discard(web.me(), [upload_id]):
        raise NotFound
    return jsonify(id=upload_id)
