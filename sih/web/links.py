"""Web addresses in texts that people wrote, as links."""

import re

from markupsafe import Markup, escape

ADDRESS = re.compile(r"(?<!\w)https?://\w[^\s<>\"]*", re.IGNORECASE)
AFTER_ADDRESS = frozenset(".,;:!?'*_~]}…”’")  # punctuation that ends a sentence rather than an address


def linked(text: str) -> Markup:
    """The escaped text, with addresses of http and https as links that open in a new tab."""
    parts, end = [], 0
    for match in ADDRESS.finditer(text):
        address = _without_punctuation(match.group())
        link = Markup('<a href="{0}" target="_blank" rel="noopener">{0}</a>').format(address)
        parts += [escape(text[end : match.start()]), link]
        end = match.start() + len(address)
    return Markup("").join([*parts, escape(text[end:])])


def _without_punctuation(address: str) -> str:
    """A closing bracket belongs to the address if the address opens it."""
    end, unopened = len(address), address.count(")") - address.count("(")
    while address[end - 1] in AFTER_ADDRESS or (address[end - 1] == ")" and unopened > 0):
        unopened -= address[end - 1] == ")"
        end -= 1
    return address[:end]
