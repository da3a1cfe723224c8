"""Three years of problems, thought out before anything is stored: who reports what, and what happens when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sih.demo import hours
from sih.demo.company import Company
from sih.demo.courses import BY_REPORTER, PACE, REMARKS, WAITS
from sih.demo.scenes import Scene, stage
from sih.demo.script import Script
from sih.demo.slots import Slot, slots
from sih.demo.texts import Texts

LONG_AGO = timedelta(days=400)


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
    steps = [step for slot in slots(now, dice) for step in _story(slot, company, texts, now, dice)]
    return sorted(steps, key=lambda step: step.at)


def _story(slot: Slot, company: Company, texts: Texts, now: datetime, dice: Random) -> list[Step]:
    situation, variant = texts.situation(slot.course, slot.may_wait)
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
        moments.append(_next(verb, moments[-1], scene, dice))
    return _hurried(moments, now)


def _next(verb: str, before: datetime, scene: Scene, dice: Random) -> datetime:
    wait, priority = hours.delay(*WAITS[verb], dice), scene.situation.priority
    if verb in BY_REPORTER:
        return hours.while_open(before + wait, scene.reporter.zone, dice)
    return hours.in_office(before + wait * PACE[priority], priority, dice)


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
    shrunk = (latest - first) / (last - first)
    return [(first + (moment - first) * shrunk).replace(microsecond=0) for moment in moments]
