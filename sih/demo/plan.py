"""Three years of problems, thought out before anything is stored: who reports what, and what happens when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sih.clock import COMPANY_ZONE
from sih.demo import hours
from sih.demo.company import Company
from sih.demo.courses import BY_REPORTER, DONE, REMARKS, STANDING, WAITS, Course
from sih.demo.scenes import Scene, stage
from sih.demo.script import Script
from sih.demo.texts import Texts

AMOUNT = 300
LATELY = 34  # of them finished ones of the last two months
OLDEST, YOUNGEST = 1090, 4  # days ago, of the finished ones
LONG_AGO = timedelta(days=400)


@dataclass(frozen=True)
class Slot:
    """When a problem is reported and which course it takes. `is_exact`: to the second, shop open or not."""

    at: datetime
    course: Course
    is_exact: bool = False


@dataclass(frozen=True)
class Step:
    """`story` is the same for all steps of a problem."""

    at: datetime
    verb: str
    words: str | None
    story: Script
    scene: Scene


def stories(company: Company, texts: Texts, now: datetime, dice: Random) -> list[Step]:
    """Every step of every problem, in the order in which they happen."""
    slots = [*_at_new_year(now, dice), *_standing(now), *_lately(now, dice)]
    slots += _over_the_years(now, AMOUNT - len(slots), dice)
    steps = [step for slot in slots for step in _story(slot, company, texts, now, dice)]
    return sorted(steps, key=lambda step: step.at)


def _at_new_year(now: datetime, dice: Random) -> Iterator[Slot]:
    """The last second of a year and the first of the next, in the company's time."""
    this_year = now.astimezone(COMPANY_ZONE).year
    for year in range(this_year - 3, this_year + 1):
        start = datetime(year, 1, 1, tzinfo=COMPANY_ZONE)
        if timedelta(hours=6) < now - start < timedelta(days=OLDEST):
            yield from (Slot(start - timedelta(seconds=ago), _course(dice), is_exact=True) for ago in (1, 0))


def _standing(now: datetime) -> list[Slot]:
    return [Slot(now - timedelta(days=age), course) for course, ages in STANDING for age in ages]


def _lately(now: datetime, dice: Random) -> list[Slot]:
    """Evenly, so that every week has some."""
    return [
        Slot(now - timedelta(days=YOUNGEST + (place + dice.random()) * 56 / LATELY), _course(dice))
        for place in range(LATELY)
    ]


def _over_the_years(now: datetime, amount: int, dice: Random) -> list[Slot]:
    """More and more, as such things go."""
    spans = (YOUNGEST + (OLDEST - YOUNGEST) * dice.random() ** 1.3 for _ in range(amount))
    return [Slot(now - timedelta(days=days), _course(dice)) for days in spans]


def _course(dice: Random) -> Course:
    return dice.choices(list(DONE), list(DONE.values()))[0]


def _story(slot: Slot, company: Company, texts: Texts, now: datetime, dice: Random) -> list[Step]:
    situation, variant = texts.situation(slot.course.needs)
    scene = stage(company, situation, variant, now - slot.at > LONG_AGO, dice)
    script = Script(scene, texts)
    verbs = ["report", *_with_remarks(slot.course.steps.split(), dice)]
    moments = _moments(slot, verbs, scene, now, dice)
    return [Step(at, verb, script.line(verb), script, scene) for verb, at in zip(verbs, moments, strict=True)]


def _with_remarks(verbs: list[str], dice: Random) -> Iterator[str]:
    for verb in verbs:
        yield verb
        if verb in ("open", "accept") and dice.random() < 0.35:
            yield from dice.choice(REMARKS).split()


def _moments(slot: Slot, verbs: list[str], scene: Scene, now: datetime, dice: Random) -> list[datetime]:
    """None after `now`: what would take longer went faster."""
    moments = [_reported(slot, scene, now, dice)]
    for verb in verbs[1:]:
        moment = moments[-1] + hours.delay(*WAITS[verb], dice)
        is_reporter = verb in BY_REPORTER
        moments.append(
            hours.while_open(moment, scene.reporter.zone, dice)
            if is_reporter
            else hours.in_office(moment, dice)
        )
    return _hurried(moments, now)


def _reported(slot: Slot, scene: Scene, now: datetime, dice: Random) -> datetime:
    if slot.is_exact:
        return slot.at
    at = slot.at.replace(microsecond=0)
    open_at = hours.while_open(at, scene.reporter.zone, dice)
    return open_at if open_at < now - timedelta(minutes=20) else at


def _hurried(moments: list[datetime], now: datetime) -> list[datetime]:
    first, last = moments[0], moments[-1]
    latest = now - min((now - first) / 10, timedelta(hours=3))
    if last <= latest:
        return moments
    return [first + (moment - first) * ((latest - first) / (last - first)) for moment in moments]
