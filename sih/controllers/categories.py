"""Kategori: what a problem is identified as, with the priority and division it usually gets."""

from sih.masters.nouns import CATEGORY
from sih.web.master_pages import blueprint_of

blueprint = blueprint_of(CATEGORY)
