"""The table of the profile: by topic, whether a person hears of it in the page, by mail, both, or not at all."""

from collections.abc import Collection

from sih.domain.vocabulary import USUAL_WAYS

WAYS = {(True, True): "both", (True, False): "page", (False, True): "mail", (False, False): "none"}
TICKS = {way: ticks for ticks, way in WAYS.items()}


def parse(page: Collection[str], mail: Collection[str], topics: Collection[str]) -> dict[str, str]:
    """The way of each of these topics, of which those in `page` and in `mail` are ticked. What else was sent is passed
    over."""
    return {topic: WAYS[topic in page, topic in mail] for topic in topics}


def rows(ways: dict[str, str], topics: Collection[str]) -> dict[str, tuple[bool, bool]]:
    """By topic, whether the person hears of it in the page, and by mail. `ways`: what the person has chosen so far."""
    return {topic: TICKS[ways.get(topic, USUAL_WAYS[topic])] for topic in topics}
