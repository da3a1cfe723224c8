"""Why a file, or a row of it, cannot be read."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """An Indonesian sentence, and what stands at its %(names)s."""

    text: str
    facts: dict[str, str] = field(default_factory=dict)


class SheetError(Exception):
    """The file as a whole cannot be read; `message` and `facts` as of a Fault."""

    def __init__(self, message: str, **facts: str) -> None:
        super().__init__(message)
        self.message, self.facts = message, facts
