"""Departemen: of a division; its PICs are employees who name it."""

from sih.master_pages import blueprint_of
from sih.masters.nouns import DEPARTMENT

blueprint = blueprint_of(DEPARTMENT)
