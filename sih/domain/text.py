"""Text from outside: normalization, and whether it can be stored."""

import re
import unicodedata
from functools import lru_cache

UNKNOWN = "\ufffd"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
NON_BREAKING = dict.fromkeys(map(ord, "\u00a0\u2007\u202f"), " ")
MOST_MARKS, JOINER = 30, "\u034f"  # of the Stream-Safe Text Format, UAX #15


def clean(text: str | None) -> str:
    """Normalizes a text: NFC, lines end in LF, no blanks or invisible characters at the ends. Characters that cannot be
    stored or shown (control characters, lone surrogates) become UNKNOWN. Linear time for any input."""
    return _normal(text or "").strip().strip(INVISIBLE).strip()


def clean_lines(text: str | None) -> str:
    """As clean(), but the first line keeps the tabs and blanks before it: pasted tables stay aligned."""
    text = _normal(text or "")
    start = len(text) - len(text.lstrip().lstrip(INVISIBLE).lstrip())
    line = text.rfind("\n", 0, start) + 1
    body = text[start:].rstrip().rstrip(INVISIBLE).rstrip()
    indent = "".join(c for c in text[line:start] if c not in INVISIBLE)
    return indent + body if body else ""


def first_words(text: str, most: int = 60) -> str:
    """The first line, or as many of its words as fit into `most` characters, with an ellipsis."""
    line = clean(text).partition("\n")[0].strip()
    if len(line) <= most:
        return line
    words = line[:most].rpartition(" ")[0].rstrip(" ,;:-") or line[: most - 1]
    return f"{words}…"


def _normal(text: str) -> str:
    """NFC with line ends LF, and UNKNOWN for what cannot be stored or shown."""
    text = unicodedata.normalize("NFC", _stream_safe(text)).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(UNKNOWN if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs") else c for c in text)


def _stream_safe(text: str) -> str:
    """Inserts an invisible joiner after every 30 combining marks, because NFC sorts the marks on a letter in quadratic
    time. No language uses 30 marks on a letter (UAX #15, Stream-Safe Text Process)."""
    if text.isascii():
        return text
    parts, marks = [], 0
    for c in text:
        leading, trailing, is_mark = _marks(c)
        if marks + leading > MOST_MARKS:
            parts.append(JOINER)
            marks = 0
        marks = marks + leading if is_mark else trailing
        parts.append(c)
    return "".join(parts)


@lru_cache(10_000)
def _marks(c: str) -> tuple[int, int, bool]:
    """The number of leading and trailing combining marks in the decomposition of a character, and whether it consists
    of marks only. Its own combining class is not
    enough: some characters of class 0 decompose into two marks."""
    are_marks = [unicodedata.combining(part) > 0 for part in unicodedata.normalize("NFKD", c)]
    if all(are_marks):
        return len(are_marks), len(are_marks), True
    return are_marks.index(False), are_marks[::-1].index(False), False


def visible(text: str) -> str:
    """Without characters that nobody sees (category Cf, to which the marks of direction belong), and with plain blanks
    for those that keep a line together: two names that look the same are the same."""
    if text.isascii():
        return text
    return "".join(c for c in text.translate(NON_BREAKING) if unicodedata.category(c) != "Cf")


def nik_of(text: str | None) -> str:
    """A NIK as it is kept, from one that was typed, or pasted with blanks and hyphens."""
    text = clean(visible(text or "")).upper()
    if text.isalnum():
        return text
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Pd")


def dialed(phone: str) -> str:
    """What a phone dials for a number as people write it: the first one, without its extension."""
    first = re.split("[/A-Za-z]", phone)[0]
    return re.sub("[^+0-9]", "", first)


def is_plain(text: str) -> bool:
    """Whether a text from clean() contained only characters that can be stored."""
    return UNKNOWN not in text
