"""Kendala yang biasa: what is often reported of goods of a kind."""

from sih.masters.nouns import TROUBLE
from sih.web.master_pages import blueprint_of

blueprint = blueprint_of(TROUBLE)
