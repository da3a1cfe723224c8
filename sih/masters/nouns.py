"""The nouns of the master data, in the order of their tabs."""

from sih.masters.goods import ASSET, ASSET_KIND, CATEGORY
from sih.masters.noun import Noun
from sih.masters.people import DEPARTMENT, DIVISION, EMPLOYEE, STORE
from sih.masters.ready_texts import READY_TEXT
from sih.masters.slang import SLANG
from sih.masters.troubles import TROUBLE

NOUNS = (EMPLOYEE, STORE, DIVISION, DEPARTMENT, CATEGORY, READY_TEXT, SLANG, ASSET_KIND, TROUBLE, ASSET)
# Import order: each noun refers only to earlier ones.
IMPORT_ORDER = (DIVISION, DEPARTMENT, STORE, EMPLOYEE, ASSET_KIND, ASSET)
BY_NAME = {noun.name: noun for noun in NOUNS}

__all__ = [
    "ASSET",
    "ASSET_KIND",
    "BY_NAME",
    "CATEGORY",
    "DEPARTMENT",
    "DIVISION",
    "EMPLOYEE",
    "IMPORT_ORDER",
    "NOUNS",
    "READY_TEXT",
    "SLANG",
    "STORE",
    "TROUBLE",
    "Noun",
]
