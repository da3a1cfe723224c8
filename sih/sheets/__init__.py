"""Lists that come in and go out as files: XLSX and CSV, read row by row and written row by row."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """Why something cannot be read: an Indonesian sentence, and what stands at its %(names)s."""

    text: str
    facts: dict = field(default_factory=dict)
