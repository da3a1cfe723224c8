"""The photos and files of a problem."""

from flask import Blueprint, request

from sih import web
from sih.dao.files import Files
from sih.web.files import answer

blueprint = Blueprint("attachments", __name__)


@blueprint.get("/problems/<id:problem_id>/files/<id:attachment_id>")
@web.signed_in
def show(problem_id: int, attachment_id: int):
    """With ?small the thumbnail."""
    file = Files(web.query()).attachment(web.me(), problem_id, attachment_id)
    return answer(file, is_thumbnail="small" in request.args)
