"""Divisi: with sub-divisions; one of them is the helpdesk."""

from sih.master_pages import blueprint_of
from sih.masters.nouns import DIVISION

blueprint = blueprint_of(DIVISION)
