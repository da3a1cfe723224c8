"""Teks siap pakai: what the handlers of a division often write, offered beside their fields."""

from sih.masters.nouns import READY_TEXT
from sih.web.master_pages import blueprint_of

blueprint = blueprint_of(READY_TEXT)
