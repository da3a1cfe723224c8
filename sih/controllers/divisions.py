"""Divisi: with sub-divisions; one of them is the helpdesk."""

from sih import web
from sih.dao.choices import Choices
from sih.master_pages import Extra, blueprint_of
from sih.masters.nouns import DIVISION

blueprint = blueprint_of(
    DIVISION, Extra(shown=lambda row: {"is_helpdesk": Choices(web.query()).helpdesk_id() == row["id"]})
)
