"""Ready texts: what the placeholders in them stand for, such as {toko}."""

import re

from sih.domain.records import ProblemSummary

# By the word between braces; the constraint ready_text_placeholders_known has the same words.
VALUES = {
    "pelapor": lambda problem: problem.reporter_name,
    "toko": lambda problem: problem.store,
    "nomor": lambda problem: f"#{problem.id}",
    "inventaris": lambda problem: problem.asset,
}
KNOWN = ", ".join(f"{{{name}}}" for name in VALUES)
_KNOWN = re.compile(rf"\{{({'|'.join(VALUES)})\}}")
_UNKNOWN = re.compile(rf"\{{(?!({'|'.join(VALUES)})\}})[^{{}}]*\}}")


def unknown(words: str) -> str | None:
    """The first pair of braces that stands for nothing, with what is between them; None without one."""
    found = _UNKNOWN.search(words)
    return found and found[0]


def has_placeholders(words: str) -> bool:
    return _KNOWN.search(words) is not None


def filled(words: str, problem: ProblemSummary) -> str:
    """The words with what this problem says in place of the placeholders. Unknown ones stay as they are."""
    return _KNOWN.sub(lambda found: VALUES[found[1]](problem), words)
