"""Numbers for people."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def half_up(number: float | Fraction | Decimal, places: int = 0) -> Decimal:
    """The number with so many decimal places, a half rounded away from zero, as people round: 2.5 is 3, 12.25 with one
    place is 12.3. Python's round() takes the even neighbour and sees a float's binary value; here a float counts as it
    is written."""
    exact = Decimal(number.numerator) / number.denominator if isinstance(number, Fraction) else Decimal(str(number))
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def capped(number: int, most: int) -> str:
    """The number as text; beyond `most` "99+"."""
    return f"{most}+" if number > most else str(number)
