"""Pictures as plain shapes: where each bar of a chart stands, in the units of its SVG; templates draw them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 220, 8, 24, 18
ROW, LABEL, AMOUNT = 24, 240, 60


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    value: int
    text: str  # what it says, in words
    place: int  # of its series


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    bars: list[Bar]
    labels: list[tuple[float, float, str]]


def columns(labels: Sequence[str], series: Sequence[Sequence[int]], said=str) -> Chart:
    """Upright bars, a group a label; `said` makes a value a text."""
    most = max((value for values in series for value in values), default=0) or 1
    group = (WIDTH - 2 * LEFT) / max(len(labels), 1)
    thin, ground = group * 0.8 / max(len(series), 1), HEIGHT - BOTTOM
    bars = []
    for at, values in enumerate(series):
        for place, value in enumerate(values):
            height = value / most * (ground - TOP)
            x = LEFT + place * group + group * 0.1 + at * thin
            bars.append(
                Bar(round(x, 1), round(ground - height, 1), round(thin, 1), round(height, 1), value, said(value), at)
            )
    named = [(round(LEFT + (place + 0.5) * group, 1), HEIGHT - 8.0, label) for place, label in enumerate(labels)]
    return Chart(WIDTH, HEIGHT, bars, named)


def rows(labels: Sequence[str], values: Sequence[int], said=str) -> Chart:
    """Bars that lie below each other, their labels before them."""
    most, room = max(values, default=0) or 1, WIDTH - LABEL - AMOUNT
    bars = [
        Bar(LABEL, place * ROW + 4.0, round(value / most * room, 1), ROW - 8.0, value, said(value), 0)
        for place, value in enumerate(values)
    ]
    named = [(LABEL - 8.0, place * ROW + 16.0, label) for place, label in enumerate(labels)]
    return Chart(WIDTH, max(len(values), 1) * ROW, bars, named)
