"""Three years of problems of the demo company. All steps are planned first: what breaks, who reports it, what happens
when. Then each step is recorded by the DAO methods that pages use, by a person whom the policy allows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sih.dao.events import Events
from sih.dao.problems import Problems
from sih.dao.query import Query
from sih.dao.questions import Questions
from sih.demo.company import HEAD_OFFICE, Asset, Company, toml
from sih.demo.texts import Incident, Situation, Texts, Writer
from sih.domain import policy
from sih.domain.clock import COMPANY_ZONE
from sih.domain.records import Employee, Problem

AMOUNT = 300
RECENT = 24  # of these, finished in the last two months
OLDEST, YOUNGEST = 1090, 4  # days ago, when finished problems were reported
PATIENCE = 6  # days; an urgent problem does not stay open longer
LONG_AGO = timedelta(days=400)  # before some assets were retired and some people left
COMMENTED = 0.35  # probability of comments while somebody works on a problem
ABSENT = 0.06  # probability that the helpdesk acts for the holder

# Weights, relative to 1 for an ordinary labelled asset and for a reporter.
FAILS_OFTEN = 7
UNLABELLED = 0.5
COLLEAGUE = 0.25  # a person of another role as the reporter
# Kinds of which every store also has assets without a label.
WITHOUT_LABEL = ("Barang lain", "Kursi", "Mesin EDC", "Scanner barcode", "Telepon", "Timbangan digital")

BY_REPORTER = {"reopen", "confirm", "answer", "nudge", "thanks"}
COMMENTS = {"ask", "answer", "update", "nudge", "thanks"}
# The verb of the policy for steps with another name.
RULES = {"to_division": "escalate", "to_pic": "escalate", "settle": "close"}

SUNDAY = 6
OFF_HOURS = 0.06  # probability of work early, late or on a Sunday


@dataclass(frozen=True)
class History:
    """The plan of a problem: when it is reported, and the `verbs` of the following steps. `needs`: see Situation.suits.

    `is_exact`: reported at exactly this second, even outside opening hours. `may_wait`: open so long that only a
    problem without urgency fits."""

    reported_at: datetime
    verbs: list[str]
    needs: str
    is_exact: bool = False
    may_wait: bool = False


@dataclass(frozen=True)
class Step:
    at: datetime
    verb: str
    text: str  # '' for verbs without text
    incident: Incident


def add(query: Query, company: Company, now: datetime, rng: Random) -> None:
    """Adds all problems and records every step in chronological order."""
    recorder = _Recorder(query, company, rng)
    for step in _Planner(company, now, rng).steps():
        recorder.record(step)


class _Planner:
    def __init__(self, company: Company, now: datetime, rng: Random) -> None:
        self._company, self._now, self._rng = company, now, rng
        self._facts, self._texts = toml("histories.toml"), Texts(rng)

    def steps(self) -> list[Step]:
        """The steps of all problems in chronological order."""
        steps = [step for history in self._histories() for step in self._steps_of(history)]
        return sorted(steps, key=lambda step: step.at)

    # When problems are reported, and what they go through

    def _histories(self) -> list[History]:
        made = [*self._at_new_year(), *self._current(), *self._recent()]
        return made + self._over_the_years(AMOUNT - len(made))

    def _at_new_year(self) -> Iterator[History]:
        """Reports in the last second of a year and in the first of the next, in COMPANY_ZONE."""
        this_year = self._now.astimezone(COMPANY_ZONE).year
        for year in range(this_year - 3, this_year + 1):
            start = datetime(year, 1, 1, tzinfo=COMPANY_ZONE)
            if timedelta(hours=6) < self._now - start < timedelta(days=OLDEST):
                yield from (self._finished(start - timedelta(seconds=ago), is_exact=True) for ago in (1, 0))

    def _current(self) -> list[History]:
        return [
            History(self._now - timedelta(days=age), each["steps"].split(), each["needs"], may_wait=age > PATIENCE)
            for each in self._facts["current"]
            for age in each["days_ago"]
        ]

    def _recent(self) -> list[History]:
        """Finished problems at even distances, so that every week has some."""
        days = (YOUNGEST + (place + self._rng.random()) * 56 / RECENT for place in range(RECENT))
        return [self._finished(self._now - timedelta(days=ago)) for ago in days]

    def _over_the_years(self, amount: int) -> list[History]:
        """Finished problems whose frequency grows over the years."""
        days = (YOUNGEST + (OLDEST - YOUNGEST) * self._rng.random() ** 1.3 for _ in range(amount))
        return [self._finished(self._now - timedelta(days=ago)) for ago in days]

    def _finished(self, reported_at: datetime, is_exact: bool = False) -> History:
        finished = self._facts["finished"]
        chosen = self._rng.choices(finished, [each["weight"] for each in finished])[0]
        return History(reported_at, chosen["steps"].split(), chosen["needs"], is_exact)

    # What happens in one of them

    def _steps_of(self, history: History) -> list[Step]:
        recurs = "reopen" in history.verbs
        situation, variant = self._texts.situation(history.needs, recurs, history.may_wait)
        incident = self._incident(situation, variant, self._now - history.reported_at > LONG_AGO)
        writer = Writer(incident, self._texts)
        verbs = ["report", *self._with_comments(history.verbs)]
        moments = self._moments(history, verbs, incident)
        return [Step(at, verb, writer.write(verb), incident) for verb, at in zip(verbs, moments, strict=True)]

    def _incident(self, situation: Situation, variant: int, is_long_ago: bool) -> Incident:
        asset, store_code = self._place(situation, is_long_ago)
        number = asset.number if asset else self._rng.randint(1, 3)
        return Incident(situation, variant, self._reporter(store_code, is_long_ago), asset, number)

    def _place(self, situation: Situation, is_long_ago: bool) -> tuple[Asset | None, str]:
        stores = [code for code in self._company.ids["stores"] if situation.office or code != HEAD_OFFICE]
        weights: dict[tuple[Asset | None, str], float] = {
            (asset, asset.store_code): FAILS_OFTEN if asset.fails_often else 1
            for asset in self._company.assets
            if asset.kind == situation.kind and asset.store_code in stores and (is_long_ago or not asset.is_retired)
        }
        if situation.kind in WITHOUT_LABEL:
            weights |= {(None, code): UNLABELLED for code in stores}
        return self._rng.choices(list(weights), list(weights.values()))[0]

    def _reporter(self, store_code: str, is_long_ago: bool) -> Employee:
        there = [
            employee
            for employee in self._company.employees
            if employee.store_code == store_code and (is_long_ago or employee not in self._company.former_employees)
        ]
        weights = [1 if policy.is_reporter(employee) else COLLEAGUE for employee in there]
        return self._rng.choices(there, weights)[0]

    def _with_comments(self, verbs: list[str]) -> Iterator[str]:
        for verb in verbs:
            yield verb
            if verb in ("open", "accept") and self._rng.random() < COMMENTED:
                yield from self._rng.choice(self._facts["remarks"]).split()

    # Times. Indonesia has no daylight saving time, so local times can be shifted by plain addition.

    def _moments(self, history: History, verbs: list[str], incident: Incident) -> list[datetime]:
        """The times of these steps. If the last would be in the future, all are moved closer together."""
        moments = [self._reported(history, incident)]
        for verb in verbs[1:]:
            moments.append(self._next(verb, moments[-1], incident))
        return self._hurried(moments)

    def _reported(self, history: History, incident: Incident) -> datetime:
        if history.is_exact:
            return history.reported_at
        at = history.reported_at.replace(microsecond=0)
        open_at = self._while_open(at, incident.reporter.zone)
        return open_at if open_at < self._now - timedelta(minutes=20) else at

    def _next(self, verb: str, before: datetime, incident: Incident) -> datetime:
        wait, priority = self._wait(*self._facts["waits"][verb]), incident.situation.priority
        if verb in BY_REPORTER:
            return self._while_open(before + wait, incident.reporter.zone)
        return self._in_office(before + wait * self._facts["pace"][priority], priority)

    def _wait(self, shortest: float, longest: float) -> timedelta:
        """A random wait between these numbers of minutes, log-uniform, so that short waits are more frequent."""
        return timedelta(seconds=round(60 * math.exp(self._rng.uniform(math.log(shortest), math.log(longest)))))

    def _while_open(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """This moment, or one soon after the next opening of the shop."""
        return self._between(7, 22, moment.astimezone(zone))

    def _in_office(self, moment: datetime, priority: str) -> datetime:
        """This moment, or one early on the next working day. Critical problems are worked on on Sundays too."""
        local = moment.astimezone(COMPANY_ZONE)
        if self._rng.random() < OFF_HOURS:
            return self._between(7, 21, local)
        local = self._between(8, 17, local)
        is_off = local.weekday() == SUNDAY and priority != "critical"
        return local + timedelta(days=1) if is_off else local

    def _between(self, opens: int, closes: int, local: datetime) -> datetime:
        if opens <= local.hour < closes:
            return local
        if local.hour >= closes:
            local += timedelta(days=1)
        return local.replace(hour=opens, minute=0, second=0) + timedelta(seconds=self._rng.randrange(90 * 60))

    def _hurried(self, moments: list[datetime]) -> list[datetime]:
        first, last = moments[0], moments[-1]
        latest = self._now - min((self._now - first) / 10, timedelta(hours=3))
        if last <= latest:
            return moments
        shrunk = (latest - first) / (last - first)
        return [(first + (moment - first) * shrunk).replace(microsecond=0) for moment in moments]


class _Recorder:
    def __init__(self, query: Query, company: Company, rng: Random) -> None:
        self._problems, self._events, self._questions = Problems(query), Events(query), Questions(query)
        self._company, self._rng = company, rng
        self._numbers, self._last_actors = {}, {}  # {incident: id of its problem}, {incident: who moved it last}
        self._handlers = [employee for employee in company.employees if policy.is_handler(employee)]
        self._helpdesk = [employee for employee in self._handlers if policy.is_helpdesk(employee)]

    def record(self, step: Step) -> None:
        if step.verb == "report":
            self._numbers[step.incident] = self._report(step)
            self._last_actors[step.incident] = step.incident.reporter
        else:
            self._act(step, self._numbers[step.incident])

    def _report(self, step: Step) -> int:
        incident = step.incident
        words = {"title": incident.title, "description": step.text}
        words["asset_kind_id"] = self._company.ids["kinds"][incident.situation.kind]
        words["asset_id"] = incident.asset and incident.asset.id
        number = self._problems.report(incident.reporter, step.at, self._token(), words)
        if number is None:
            raise ValueError(f"{incident.title} was reported twice")
        return number

    def _act(self, step: Step, number: int) -> None:
        problem = self._problems.visible_to(self._helpdesk[0], number)  # the helpdesk sees every problem
        actor = self._actor(step, problem)
        if not _is_allowed(step, actor, problem):
            raise ValueError(f"{actor.name} may not {step.verb} problem {number}")
        if step.verb == "ask" and policy.can_ask(actor, problem, step.at):
            self._questions.ask(number, problem.last_event_id, actor, step.at, self._token(), step.text)
        elif step.verb in COMMENTS:
            self._events.comment(number, actor, step.at, self._token(), step.text)
        else:
            self._move(step, actor, problem)
            if step.verb != "confirm":
                self._last_actors[step.incident] = actor

    def _move(self, step: Step, actor: Employee, problem: Problem) -> None:
        where = (problem.id, problem.last_event_id, actor, step.at)
        match step.verb:
            case "open":
                self._problems.open(*where, self._identification(step))
            case "to_division" | "to_pic":
                self._problems.escalate(*where, step.text, *self._receiver(step, actor))
            case "accept":
                self._problems.accept(*where)
            case "return":
                self._problems.send_back(*where, step.text)
            case "close" | "settle":
                self._problems.close(*where, step.text)
            case "reopen":
                self._problems.reopen(*where, step.text)
            case "confirm":
                self._events.confirm(*where)

    def _identification(self, step: Step) -> dict:
        situation = step.incident.situation
        category_id = self._company.ids["categories"][situation.category]
        return {"category_id": category_id, "priority": situation.priority, "diagnosis": step.text}

    def _token(self) -> UUID:
        return UUID(int=self._rng.getrandbits(128), version=4)

    # Who does a step, and to whom it is handed over

    def _actor(self, step: Step, problem: Problem) -> Employee:
        if step.verb in BY_REPORTER:
            return step.incident.reporter
        if step.verb in ("accept", "close") and self._rng.random() < ABSENT:
            return self._rng.choice(self._helpdesk)
        return self._holder(step, problem)

    def _holder(self, step: Step, problem: Problem) -> Employee:
        """The holder who acted last, otherwise a random one. PICs only act on problems assigned to them by name."""
        holders = [employee for employee in self._handlers if policy.holds(employee, problem)]
        if problem.holder_employee_id is None:
            holders = [employee for employee in holders if employee.department_id is None]
        had_it_last = [employee for employee in holders if employee.id == self._last_actors[step.incident].id]
        return had_it_last[0] if had_it_last else self._rng.choice(holders)

    def _receiver(self, step: Step, giver: Employee) -> tuple[int, int | None]:
        """The receiving division, and its PIC if the step is "to_pic"."""
        situation = step.incident.situation
        if step.verb == "to_division":
            return self._company.ids["divisions"][situation.target], None
        department_id = self._company.ids["departments"][situation.department]
        pics = [
            (one.division_id, one.id)
            for one in self._handlers
            if one.division_id is not None and one.department_id == department_id and one.id != giver.id
        ]
        return self._rng.choice(pics)


def _is_allowed(step: Step, actor: Employee, problem: Problem) -> bool:
    if step.verb in COMMENTS:
        return policy.can_comment(actor, problem)
    return policy.RULES[RULES.get(step.verb, step.verb)](actor, problem, step.at)
