"""How much one person may send (Limits in settings.py): counted by the functions of sql/schema.sql within the
statement that writes, so that it costs no statement more and holds for many requests at once."""

import math
from datetime import datetime, timedelta

from sih.domain.errors import TooMuchSent

WINDOW = timedelta(minutes=10)


def too_much_sent(amount: int, limited_at: datetime, now: datetime) -> TooMuchSent:
    """`limited_at`: when the oldest of those was sent that count; once it is older than WINDOW, it goes on."""
    return TooMuchSent(amount, max(1, math.ceil((limited_at + WINDOW - now).total_seconds())))
