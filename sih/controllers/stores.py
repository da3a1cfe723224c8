"""Toko: the work locations."""

from sih.master_pages import blueprint_of
from sih.masters.nouns import STORE

blueprint = blueprint_of(STORE)
