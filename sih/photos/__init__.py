"""Photos and files of reports and actions: what is taken, and how it is stored (docs/architecture.md, Decisions)."""

from sih.photos.apart import Converted, convert
from sih.photos.faults import PhotoError
from sih.photos.limits import MOST_BYTES, MOST_FILES, MOST_FORM_BYTES, MOST_OF_A_PERSON

__all__ = ["MOST_BYTES", "MOST_FILES", "MOST_FORM_BYTES", "MOST_OF_A_PERSON", "Converted", "PhotoError", "convert"]
