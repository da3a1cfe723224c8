"""Where a report stands, in plain words for its reporter: "Sedang ditangani Jaringan sejak kemarin; biasanya selesai
1-2 hari"."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sih.domain import languages
from sih.domain.languages import gettext
from sih.domain.records import ProblemSummary

MINUTE, HOUR, DAY = 60, 3600, 86_400
Usual = Mapping[tuple[int, int], tuple[int, int]]  # shortest and longest in seconds, by category and division


def of(problem: ProblemSummary, now: datetime, usual: Usual, language: str, zone: ZoneInfo) -> str:
    """A sentence without its full stop. A problem that was not opened yet has no category: nothing is usual of it."""
    since = {"division": problem.holder_division, "since": _day(problem.held_since, now, language, zone)}
    if problem.status == "closed":
        return _closed(problem, now, language, zone)
    if problem.asked_event_id is not None:
        return gettext("%(division)s menunggu jawaban Anda", language, division=problem.holder_division)
    if problem.status == "new":
        return gettext("Menunggu dibuka %(division)s sejak %(since)s", language, **since)
    if problem.status == "escalated":
        stands = gettext("Menunggu diterima %(division)s sejak %(since)s", language, **since)
    else:
        stands = gettext("Sedang ditangani %(division)s sejak %(since)s", language, **since)
    found = usual.get((problem.category_id or 0, problem.holder_division_id))
    if found is None:
        return stands
    usually = gettext("biasanya selesai %(range)s", language, range=_range(*found, language))
    return f"{stands}; {usually}"


def _closed(problem: ProblemSummary, now: datetime, language: str, zone: ZoneInfo) -> str:
    at, until = _day(problem.closed_at or now, now, language, zone), problem.reopenable_until
    if problem.is_withdrawn:
        return gettext("Anda tarik %(at)s", language, at=at)
    if until is None or not problem.is_open_to_reporter(now):
        return gettext("Selesai %(at)s", language, at=at)
    answer = {"at": at, "until": languages.moment(until, language, zone)}
    return gettext("Selesai %(at)s; “Beres” atau “Buka Lagi” sampai %(until)s", language, **answer)


def _day(at: datetime, now: datetime, language: str, zone: ZoneInfo) -> str:
    """'hari ini', 'kemarin', or the day, in this zone."""
    day = at.astimezone(zone).date()
    passed = (now.astimezone(zone).date() - day).days
    if passed > 1:
        return languages.day(day, language)
    return gettext("kemarin", language) if passed == 1 else gettext("hari ini", language)


def _range(shortest: int, longest: int, language: str) -> str:
    """'1-2 hari', '3-8 jam', '1 hari', in whole units, at least one."""
    seconds = MINUTE if longest <= 2 * HOUR else HOUR if longest <= 2 * DAY else DAY
    first, last = (max(1, round(duration / seconds)) for duration in (shortest, longest))
    amount = str(first) if first == last else f"{first}-{last}"
    if seconds == MINUTE:
        return gettext("%(amount)s menit", language, amount=amount)
    if seconds == HOUR:
        return gettext("%(amount)s jam", language, amount=amount)
    return gettext("%(amount)s hari", language, amount=amount)
