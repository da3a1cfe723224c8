"""Many problems at once: which were ticked, each with the last event that its row showed ("123-4567")."""

from collections.abc import Sequence

from sih.domain.errors import WrongPicks

MOST = 50  # the rows of a page


def picks(values: Sequence[str]) -> dict[int, int]:
    """The last events by problem id. Raises WrongPicks if none, too many or something else was ticked."""
    pairs = [value.split("-") for value in values]
    if not 1 <= len(pairs) <= MOST or not all(len(pair) == 2 and all(map(_is_id, pair)) for pair in pairs):
        raise WrongPicks
    return {int(number): int(event) for number, event in pairs}


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
