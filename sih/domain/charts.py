"""Bar charts as plain shapes: positions and sizes of the bars in units of the SVG that templates draw.

A chart is as wide as a phone, where a unit is a little less than a pixel: twelve months fit and stay legible."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 400, 200, 4, 22, 16
ROW, LABEL, AMOUNT = 34, 16, 60
DIGIT = 6.5  # the most that a character of a value is wide


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    value: int
    text: str  # the value as it is written
    place: int  # number of its series, from 0


@dataclass(frozen=True)
class Chart:
    """`labels`: (x, y, text). `is_upright`: vertical bars; `is_turned`: their values are rotated, because they are
    wider than the bars."""

    width: int
    height: int
    bars: list[Bar]
    labels: Sequence[tuple[float, float, str]]
    is_upright: bool
    is_turned: bool = False


def columns(labels: Sequence[str], series: Sequence[Sequence[int]], text_of=str) -> Chart:
    """Vertical bars, one group a label and one bar a series in it. `text_of` formats a value."""
    most = max((value for values in series for value in values), default=0) or 1
    longest = max((len(text_of(value)) for values in series for value in values), default=0) * DIGIT
    group = (WIDTH - 2 * LEFT) / max(len(labels), 1)
    thin, ground = group * 0.86 / max(len(series), 1), HEIGHT - BOTTOM
    is_turned = longest > thin + 2
    room = ground - (longest + 4 if is_turned else TOP)
    bars = []
    for at, values in enumerate(series):
        for place, value in enumerate(values):
            height = value / most * room
            x = LEFT + place * group + group * 0.07 + at * thin
            bars.append(
                Bar(round(x, 1), round(ground - height, 1), round(thin, 1), round(height, 1), value, text_of(value), at)
            )
    named = [(round(LEFT + (place + 0.5) * group, 1), HEIGHT - 7.0, label) for place, label in enumerate(labels)]
    return Chart(WIDTH, HEIGHT, bars, named, True, is_turned)


def rows(labels: Sequence[str], values: Sequence[int], text_of=str) -> Chart:
    """Horizontal bars, each below its label, so that there is room for long names. `text_of` formats a value."""
    most, room = max(values, default=0) or 1, WIDTH - LEFT - AMOUNT
    bars = [
        Bar(LEFT, place * ROW + LABEL + 2.0, round(value / most * room, 1), 12.0, value, text_of(value), 0)
        for place, value in enumerate(values)
    ]
    named = [(LEFT, place * ROW + LABEL - 3.0, label) for place, label in enumerate(labels)]
    return Chart(WIDTH, max(len(values), 1) * ROW, bars, named, False)
