"""/healthz: this process answers. /readyz: its database does, too, and has the right schema."""

from flask import Blueprint

from sih.domain.errors import DatabaseUnavailable
from sih.runtime.installation import schema_fault
from sih.web import answers_always, application, public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
@answers_always
def healthz():
    return {"status": "ok"}


@blueprint.get("/readyz")
@public
def readyz():
    try:
        fault = schema_fault(application.connection_pool())
    except DatabaseUnavailable:
        fault = "The database cannot be reached."
    return ({"status": "unavailable", "reason": fault}, 503) if fault else {"status": "ok"}
