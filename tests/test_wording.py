"""Numbers and moments as people read them: one unit for durations, no blank before a percent sign, times."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from sih.domain import languages
from sih.domain.clock import COMPANY_ZONE
from sih.recap import wording


@pytest.mark.parametrize(
    ("minutes", "indonesian", "english"),
    [(0, "0,0", "0.0"), (1, "<0,1", "<0.1"), (2, "<0,1", "<0.1"), (3, "0,1", "0.1"), (8, "0,1", "0.1"),
     (9, "0,2", "0.2"), (90, "1,5", "1.5"), (2880, "48,0", "48.0"), (74_070, "1.234,5", "1,234.5")],
)  # fmt: skip
def test_a_duration_is_in_hours_whatever_its_length(minutes, indonesian, english):
    assert (wording.hours(minutes), wording.hours(minutes, "en")) == (indonesian, english)


def test_a_percentage_has_no_blank_before_its_sign():
    assert (wording.percent(Fraction(1, 8)), wording.percent(Fraction(1, 8), "en"), wording.percent(None)) == (
        "12,5%",
        "12.5%",
        "–",
    )
    assert wording.moved(("up", 12, 300)) == "naik 12 (300%)" and wording.shifted(Decimal("1.5")) == "naik 1,5 poin"


def test_a_time_has_a_dot_in_indonesian_and_a_colon_in_english():
    at = datetime(2026, 1, 5, 0, 48, tzinfo=UTC)
    assert languages.moment(at, "id", COMPANY_ZONE) == "5 Jan 2026 07.48"
    assert languages.moment(at, "en", COMPANY_ZONE) == "5 Jan 2026 07:48"
