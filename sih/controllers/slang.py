"""Kata toko: what people in shops write, and what it means."""

from sih.masters.nouns import SLANG
from sih.web.master_pages import blueprint_of

blueprint = blueprint_of(SLANG)
