"""Kategori: what a problem is identified as, with the priority and division it usually gets."""

from sih.master_pages import blueprint_of
from sih.masters.nouns import CATEGORY

blueprint = blueprint_of(CATEGORY)
