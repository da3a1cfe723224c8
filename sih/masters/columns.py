"""A column of master data: its label, its accepted spellings, and the one form in which it is stored."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sih.domain import ready_texts
from sih.domain.text import is_plain, nik_of, visible
from sih.masters.emails import is_email
from sih.sheets import Fault, faults
from sih.sheets.cells import date_of, is_nothing

EMPTIED = ("reference", "date", "email", "phone")  # kinds for which a dash means empty
# The key of the row that a reference names, and whether that row is active.
Reference = tuple[str, bool]
Find = Callable[[str, str], Reference | None]  # arguments: noun, text


class Inactive(str):
    """The key of a deactivated row: rows that refer to it may keep it, but none may newly refer to it."""


@dataclass(frozen=True)
class Column:
    """`kind`: text; code (upper case, no blanks); nik (a code without hyphens); date (ISO); email; phone; choice (of
    `words`); reference (a row of `of`); words (of a ready text: several lines with placeholders)."""

    name: str
    label: str
    headings: tuple[str, ...] = ()  # other headings for it in import files
    kind: str = "text"
    is_required: bool = False
    length: int = 100
    form: str | None = None  # regular expression that the whole text must match
    default: str = ""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # {stored: (displayed, other spellings)}
    of: str = ""
    is_in_form: bool = True
    of_role: str = ""  # the only role whose form has this field; '': every role
    hint: str = ""  # below the field of the form

    def display(self, kept: str) -> str:
        """The Indonesian word for a stored value; a text is returned unchanged."""
        return self.words[kept][0] if kept in self.words else kept


def parse(column: Column, text: str, find: Find) -> str | Fault:
    """The stored value of a cleaned text, '' for none; or the Fault that says why it is invalid. References are looked
    up with `find`."""
    text = _tidy(column, text)
    if not text:
        return Fault("%(label)s harus diisi.", {"label": column.label}) if column.is_required else ""
    if not is_plain(text):
        return Fault("Teks ini berisi karakter yang tidak dapat disimpan.", {})
    if len(text) > column.length:
        return faults.over_length(column.label, column.length, len(text))
    if column.form and not re.fullmatch(column.form, text):
        return Fault("%(label)s tidak dapat dibaca: %(text)s", _facts(column, text))
    return READERS.get(column.kind, _as_it_is)(column, text, find)


def _tidy(column: Column, text: str) -> str:
    text = visible(text)
    if column.kind == "code":
        return text.replace(" ", "").upper()
    if column.kind == "nik":
        return nik_of(text)
    if column.kind == "words":
        return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
    text = " ".join(text.split())
    return "" if column.kind in EMPTIED and is_nothing(text) else text


def _as_it_is(column: Column, text: str, find: Find) -> str:
    return text


def _choice(column: Column, text: str, find: Find) -> str | Fault:
    asked = _letters(text)
    for kept, words in column.words.items():
        if asked in (_letters(word) for word in (kept, *words)):
            return kept
    return Fault("%(label)s tidak dikenal: %(text)s", _facts(column, text))


@lru_cache(1000)
def _letters(word: str) -> str:
    """Normalises a word for comparison: "Non-Aktif" is "NON AKTIF"."""
    return re.sub(r"[\s_-]+", "", word).casefold()


def _reference(column: Column, text: str, find: Find) -> str | Fault:
    found = find(column.of, text) or find(column.of, re.sub(r"\s*[>/›]\s*", " > ", text.removeprefix("'")))
    if found is None:
        return Fault("%(label)s tidak dikenal: %(text)s", _facts(column, text))
    key, is_active = found
    return key if is_active else Inactive(key)


def _email(column: Column, text: str, find: Find) -> str | Fault:
    return text if is_email(text) else Fault("%(label)s tidak dapat dibaca: %(text)s", _facts(column, text))


def _words(column: Column, text: str, find: Find) -> str | Fault:
    if unknown := ready_texts.unknown(text):
        facts = {"text": unknown[:80], "known": ready_texts.KNOWN}
        return Fault("%(text)s tidak dikenal. Yang diisi dari kendalanya hanya %(known)s.", facts)
    return text


def _date(column: Column, text: str, find: Find) -> str | Fault:
    return date_of(text)


READERS = {"choice": _choice, "date": _date, "email": _email, "reference": _reference, "words": _words}


def _facts(column: Column, text: str) -> dict[str, str]:
    return {"label": column.label, "text": text[:80]}
