"""Jenis Barang: what kinds of goods there are."""

from sih.master_pages import blueprint_of
from sih.masters.nouns import ASSET_KIND

blueprint = blueprint_of(ASSET_KIND)
