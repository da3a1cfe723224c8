"""Limits of how much one person may send (settings.py: Limits). Functions of sql/schema.sql count within the statement
that writes: no additional statement, and exact for concurrent requests."""

import math
from datetime import datetime, timedelta

from sih.domain.errors import TooMuchSent

WINDOW = timedelta(minutes=10)


def too_much_sent(amount: int, limited_at: datetime, now: datetime) -> TooMuchSent:
    """The refusal. `limited_at`: time of the oldest event that counts; the limit ends WINDOW later."""
    return TooMuchSent(amount, max(1, math.ceil((limited_at + WINDOW - now).total_seconds())))
