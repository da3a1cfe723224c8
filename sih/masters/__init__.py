"""Master data: what an admin keeps and a store works with. One declaration a noun (nouns.py) is its list, its form, its
file to bring in and out, and its audit; the statements that write it stand in dao/masters.py."""

from sih.masters.columns import Column, Inactive, Reference, parse
from sih.masters.nouns import BY_NAME, NOUNS, Noun

__all__ = ["BY_NAME", "NOUNS", "Column", "Inactive", "Noun", "Reference", "parse"]
