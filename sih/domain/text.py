"""Text from outside: one way to write it, and whether it can be kept."""

import unicodedata

UNKNOWN = "\ufffd"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
MOST_MARKS, JOINER = 30, "\u034f"  # of the Stream-Safe Text Format, UAX #15


def clean(text: str | None) -> str:
    """One way to write the same text: NFC, lines ending in LF, nothing invisible around it. What neither PostgreSQL
    nor a page can hold (NUL and other controls, half a surrogate pair) becomes the sign for it. Takes time in
    proportion to the text, whatever is in it."""
    text = unicodedata.normalize("NFC", _stream_safe(text or "")).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(UNKNOWN if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return text.strip().strip(INVISIBLE).strip()


def _stream_safe(text: str) -> str:
    """NFC sorts the marks on one letter with a square of their number; no language puts 30 on one, so a joiner, which
    nobody sees, divides a longer run (UAX #15, Stream-Safe Text Process)."""
    if text.isascii():
        return text
    parts, marks = [], 0
    for c in text:
        marks = marks + 1 if unicodedata.combining(c) else 0
        if marks > MOST_MARKS:
            parts.append(JOINER)
            marks = 1
        parts.append(c)
    return "".join(parts)


def is_plain(text: str) -> bool:
    """Whether every character of a cleaned text can be kept."""
    return UNKNOWN not in text
