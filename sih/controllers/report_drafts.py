"""The draft of a report, which the form sends by itself as one types (static/js/report-drafts.js)."""

from flask import Blueprint, flash, jsonify, redirect, request, url_for

from sih import web
from sih.dao.report_drafts import ReportDrafts
from sih.forms.problems import TYPED, ProblemForm
from sih.web.i18n import gettext

blueprint = Blueprint("report_drafts", __name__)


@blueprint.post("/report-drafts")
@web.signed_in
def create():
    """`kept`: whether the draft is as it was sent. A form in which nothing is left has none."""
    token = ProblemForm(request.form).ensure_token()
    fields = {name: text for name in TYPED if (text := request.form.get(name, ""))}
    drafts = ReportDrafts(web.query())
    if not fields:
        drafts.discard(web.me().id, token)
    return jsonify(kept=not fields or drafts.keep(web.me().id, token, fields, web.now()))


@blueprint.post("/report-drafts/deletions")
@web.signed_in
def destroy():
    ReportDrafts(web.query()).discard(web.me().id)
    flash(gettext("Draf dibuang."))
    return redirect(url_for("problems.new"), 303)
