"""Master data. One declaration per noun (nouns.py) defines its list, form, import and export file, and audit; its write
statements are in dao/masters.py."""

from sih.masters.columns import Column, Inactive, Reference, parse
from sih.masters.nouns import BY_NAME, NOUNS, Noun

__all__ = ["BY_NAME", "NOUNS", "Column", "Inactive", "Noun", "Reference", "parse"]
