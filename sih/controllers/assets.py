"""Inventaris: the goods with a label."""

from sih.master_pages import blueprint_of
from sih.masters.nouns import ASSET

blueprint = blueprint_of(ASSET)
