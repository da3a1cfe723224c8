"""Surat tidak terkirim: mails that could not be sent so far or were given up, newest first, without a word of what they
are about; and the own test mails."""

from flask import Blueprint, render_template, request

from sih import web
from sih.dao.outbox import NO_ADDRESS, Outbox
from sih.dao.profiles import Profiles
from sih.domain.text import clean
from sih.domain.vocabulary import MAILS
from sih.masters import NOUNS
from sih.web import application

blueprint = Blueprint("mails", __name__)


@blueprint.get("/mails")
@web.admins_only
def index():
    """`after`: the key of the last mail of the page before."""
    outbox, after = Outbox(web.query()), clean(request.args.get("after", "")[:100]) or None
    mails, has_more = outbox.unsent(after)
    return render_template(
        "mails/index.html", mails=mails, tests=[] if after else outbox.tests(web.me()), kinds=MAILS, nouns=NOUNS,
        noun=None, no_address=NO_ADDRESS, is_first=not after,
        sends_mail=application.settings().smtp is not None,
        address=Profiles(web.query()).of(web.me().id)["email"],
        next_cursor=mails[-1].key if has_more else None,
    )  # fmt: skip
