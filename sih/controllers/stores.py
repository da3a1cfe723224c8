"""Toko: the work locations."""

from sih.masters.nouns import STORE
from sih.web.master_pages import blueprint_of

blueprint = blueprint_of(STORE)
