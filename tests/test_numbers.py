"""Numbers are rounded half up, as people round them."""

from fractions import Fraction

import pytest

from sih.domain.numbers import half_up


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [(0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (2.4999, 0, "2"), (-2.5, 0, "-3"), (0, 1, "0.0"), (7, 1, "7.0"),
     (12.25, 1, "12.3"), (2.675, 2, "2.68"), (1.005, 2, "1.01"), (Fraction(1, 8) * 100, 1, "12.5"),
     (Fraction(1, 80) * 10, 2, "0.13"), (Fraction(2, 3), 1, "0.7"), (Fraction(23, 2000) * 100, 1, "1.2"),
     (10**18 + 1, 0, str(10**18 + 1))],
)  # fmt: skip
def test_a_half_is_rounded_away_from_zero(number, places, text):
    assert str(half_up(number, places)) == text
