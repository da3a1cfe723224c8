"""Karyawan: who may sign in, as what, and where they belong."""

from sih.master_pages import blueprint_of
from sih.masters.nouns import EMPLOYEE

blueprint = blueprint_of(EMPLOYEE)
