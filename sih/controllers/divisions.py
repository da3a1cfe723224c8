"""Divisi: with sub-divisions; one of them is the helpdesk."""

from sih import web
from sih.dao.choices import Choices
from sih.masters.nouns import DIVISION
from sih.web.master_pages import Extra, blueprint_of

blueprint = blueprint_of(
    DIVISION, Extra(context=lambda row: {"is_helpdesk": Choices(web.query()).helpdesk_id() == row["id"]})
)
