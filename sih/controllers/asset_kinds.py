"""Jenis Barang: what kinds of goods there are."""

from sih.masters.nouns import ASSET_KIND
from sih.web.master_pages import blueprint_of

blueprint = blueprint_of(ASSET_KIND)
