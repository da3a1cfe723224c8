"""Baris yang salah: downloads the faulty rows of an import as a file to correct."""

from flask import Blueprint

from sih import web
from sih.dao.imports import Imports
from sih.domain.errors import NotFound
from sih.masters import BY_NAME
from sih.sheets import Fault
from sih.web import security_events
from sih.web.i18n import gettext, translate
from sih.web.import_pages import find
from sih.web.list_files import send_xlsx, write_faults

blueprint = Blueprint("import_faults", __name__)


@blueprint.get("/imports/<id:import_id>/faults")
@web.admins_only
def index(import_id: int):
    found, imports = find(import_id), Imports(web.query())
    if not found.counts.get("fault"):
        raise NotFound
    noun = BY_NAME[found.noun]
    name = gettext("%(list)s-salah.xlsx") % {"list": gettext(noun.title).lower().replace(" ", "-")}
    security_events.note_download(name)
    return send_xlsx(name, lambda file: write_faults(file, imports, found, gettext("Kesalahan"), _sentence))


def _sentence(fault: dict) -> str:
    return translate(Fault(fault["text"], fault["facts"]))
