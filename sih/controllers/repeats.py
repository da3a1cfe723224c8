"""Sudah dilaporkan?: what a report that is being written may repeat; its page asks by itself (static/js/repeats.js)."""

from flask import Blueprint, render_template, request

from sih import web
from sih.web import reports
from sih.web.files import FormFiles

blueprint = Blueprint("repeats", __name__)


@blueprint.post("/repeats")
@web.signed_in
def create():
    """The page of the report with what it may repeat. The texts may be unfinished; what is too long for the form is not
    looked at."""
    form = reports.form_of(request.form)
    is_long = any(len(text or "") > 5000 for text in (form.title.data, form.description.data))
    repeats = None if is_long else reports.repeats_of(form)
    return render_template("problems/new.html", form=form, files=FormFiles(), repeats=repeats)
