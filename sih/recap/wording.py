"""The words of a recap, in Indonesian or, with `language` and `say`, as somebody else reads them."""

from sih.domain.periods import AGES, Period
from sih.domain.vocabulary import MONTHS, PRIORITIES

STATES = {"running": "masih berjalan", "ended": "sudah berakhir", "closed": "ditutup"}  # of a period, in files


def _plainly(text: str, **facts) -> str:
    return text % facts if facts else text


def month_name(period: Period, language: str = "id") -> str:
    return MONTHS[language][period.month - 1]


def period_name(period: Period, language: str = "id") -> str:
    """'Oktober 2026', or '2026'."""
    return str(period.year) if period.is_year else f"{month_name(period, language)} {period.year}"


def amount(number: int, language: str = "id") -> str:
    """'1.234' in Indonesian, '1,234' in English."""
    text = f"{number:,}"
    return text if language == "en" else text.replace(",", ".")


def percent(share: float | None, language: str = "id") -> str:
    """'12,5 %'; nothing of nothing is a dash."""
    if share is None:
        return "–"
    text = f"{share * 100:.1f} %"
    return text if language == "en" else text.replace(".", ",")


def duration(minutes: int, say=_plainly) -> str:
    """'45 menit', '3 jam 20 menit', '2 hari 4 jam'."""
    if minutes < 120:
        return say("%(m)s menit", m=minutes)
    hours, rest = divmod(minutes, 60)
    if minutes < 2880:
        return say("%(h)s jam %(m)s menit", h=hours, m=rest) if rest else say("%(h)s jam", h=hours)
    days, hours = divmod(hours, 24)
    return say("%(d)s hari %(h)s jam", d=days, h=hours) if hours else say("%(d)s hari", d=days)


def hours(minutes: int, language: str = "id") -> str:
    """'0,3', from ten hours on '12': as short as a bar is wide."""
    if minutes >= 600:
        return str(minutes // 60)
    text = f"{minutes / 60:.1f}"
    return text if language == "en" else text.replace(".", ",")


def moved(change: tuple[str, int, int | None], say=_plainly, language: str = "id") -> str:
    """'naik 12 (3 %)', of what `recaps.change` gives; 'naik 12' from nothing."""
    way, by, share = change
    if way == "same":
        return say("sama")
    told = (say("naik") if way == "up" else say("turun")) + f" {amount(by, language)}"
    return told if share is None else f"{told} ({amount(share, language)} %)"


def shifted(points: float, say=_plainly, language: str = "id") -> str:
    """'naik 1,5 poin', of hundredths of the whole."""
    if not points:
        return say("sama")
    number = percent(abs(points) / 100, language).removesuffix(" %")
    return (say("naik") if points > 0 else say("turun")) + " " + say("%(n)s poin", n=number)


def faster(now: int, before: int, say=_plainly) -> str:
    """How a time moved, in words."""
    if now == before:
        return say("sama")
    return say("lebih cepat") if now < before else say("lebih lama")


def row_name(row: dict, cut: str, say=_plainly) -> str:
    """What a row of a cut is called; 0 is what had none yet."""
    name = row["name"]
    if cut == "priority" and name:
        return say(PRIORITIES[name])
    return name or say("Belum diidentifikasi")


def ages_named(say=_plainly) -> list[str]:
    """The ages of what is open, in words."""
    words, first = [], 0
    for last in AGES:
        words.append(say("%(a)s–%(b)s hari", a=first, b=last) if first else say("sampai %(n)s hari", n=last))
        first = last + 1
    return [*words, say("lebih dari %(n)s hari", n=AGES[-1])]
