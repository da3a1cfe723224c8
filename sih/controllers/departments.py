"""Departemen: of a division; its PICs are the handlers who belong to it."""

from sih import web
from sih.dao.choices import Choices
from sih.masters.nouns import DEPARTMENT
from sih.web.master_pages import Extra, blueprint_of

blueprint = blueprint_of(DEPARTMENT, Extra(context=lambda row: {"pics": Choices(web.query()).pics(row["id"])}))
