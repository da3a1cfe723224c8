"""Inventaris: the goods with a label, and the page of one: what happened to it, how often it failed, its label."""

from datetime import timedelta

from flask import render_template

from sih import web
from sih.dao.assets import Assets
from sih.dao.audits import Audits
from sih.domain.errors import NotFound
from sih.forms import audit_filters
from sih.masters.nouns import ASSET
from sih.pdf import labels
from sih.web import application
from sih.web.master_pages import blueprint_of

FAILURES_WITHIN = timedelta(days=90)  # as of the rows of a list (sih/dao/problem_lists.py: FAILURES)
blueprint = blueprint_of(ASSET)


@blueprint.get("/<id:asset_id>")
@web.signed_in
def show(asset_id: int):
    assets, audits = Assets(web.query()), Audits(web.query())
    asset = assets.visible_to(web.me(), asset_id) if asset_id < 2**31 else None
    if asset is None:
        raise NotFound
    years, problems = assets.years(asset_id), assets.problems(asset_id, web.me())
    failures = sum(problem.reported_at > web.now() - FAILURES_WITHIN for problem in problems)
    entries, _ = audits.page(audit_filters.of_row("asset", asset_id))
    return render_template(
        "assets/show.html", good=asset, years=years, total=sum(amount for _, amount in years), problems=problems,
        failures=failures, last_cure=next((problem for problem in problems if problem.solution), None),
        entries=entries, names=audits.names(entries), columns=audit_filters.COLUMNS, words=audit_filters.WORDS,
        code=labels.code(application.settings().public_url, asset.label),
    )  # fmt: skip
