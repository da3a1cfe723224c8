"""The recap of a real helpdesk's log, replayed by the pages' verbs: its figures are what plain Python counts.

SIH_INCIDENTS names the file: the incident event log of the UCI repository (CC BY 4.0), or the beginning of it."""

import csv
import os
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from sih.dao.problems import Problems
from sih.dao.recap.closing import SETTLED, Closing
from sih.dao.recap.figures import Recaps
from sih.domain.clock import COMPANY_ZONE
from sih.domain.periods import Period
from sih.domain.vocabulary import FLOWS, SHARES

LOG = os.environ.get("SIH_INCIDENTS")
pytestmark = pytest.mark.skipif(not LOG, reason="SIH_INCIDENTS names no log of incidents")
PRIORITIES = {"1": "critical", "2": "high", "3": "medium", "4": "low"}
DIMENSIONS = {"store": "location", "division": "assignment_group", "category": "category"}
MADE = {
    "store": """INSERT INTO store (code, name, city, time_zone)
                SELECT n, n, n, 'Asia/Jakarta' FROM unnest(%(names)s) AS n RETURNING name, id""",
    "division": "INSERT INTO division (name) SELECT n FROM unnest(%(names)s) AS n RETURNING name, id",
    "category": "INSERT INTO category (name) SELECT n FROM unnest(%(names)s) AS n RETURNING name, id",
}
VERBS = {"opened": "open", "closed": "close", "reopened": "reopen", "escalated": "escalate", "accepted": "accept"}
KIND = "SELECT min(id) AS id FROM asset_kind"


@pytest.fixture
def incidents() -> list[list[dict]]:
    """The rows of each incident, in the order of the file."""
    found = defaultdict(list)
    with Path(LOG).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["number"]].append(row)
    return list(found.values())


@pytest.fixture
def ids(query, incidents) -> dict[str, dict[str, int]]:
    """The numbers of what the log names, by dimension and name."""
    names = {each: sorted({row[column] for rows in incidents for row in rows}) for each, column in DIMENSIONS.items()}
    found = {each: query.select(MADE[each], {"names": names[each]}) for each in DIMENSIONS}
    return {each: {row["name"]: row["id"] for row in rows} for each, rows in found.items()}


def steps(rows: list[dict]):
    """What happened, as (kind, when, facts): opened at once, handed over when the group changes, closed when it is
    resolved, reopened when the log counts one more reopening."""
    at, group, is_open, reopened = _moment(rows[0]["opened_at"]), rows[0]["assignment_group"], True, 0
    yield "reported", at, {}
    yield "opened", at, {}
    for row in rows:
        at = max(at, _moment(row["sys_updated_at"]))
        if not is_open and int(row["reopen_count"]) > reopened:
            is_open = True
            yield "reopened", at, {"reason": "x"}
        reopened = int(row["reopen_count"])
        if is_open and row["assignment_group"] not in ("?", group):
            group = row["assignment_group"]
            yield "escalated", at, {"reason": "x", "division_id": group, "pic_id": None}
            yield "accepted", at, {}
        if is_open and row["incident_state"] in ("Resolved", "Closed"):
            is_open = False
            yield "closed", at, {"solution": "x"}


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=COMPANY_ZONE)


def replay(query, people, ids, rows: list[dict]) -> None:
    """Does all of it, as Hadi of the helpdesk."""
    rini, hadi, number = replace(people["rini"], store_id=ids["store"][rows[0]["location"]]), people["hadi"], None
    problems = Problems(query)
    for kind, at, facts in steps(rows):
        if kind == "reported":
            words = {"title": "x", "description": "x", "asset_id": None, "asset_kind_id": query.one(KIND)["id"]}
            number = problems.report(rini, at, uuid4(), words)
            continue
        if kind == "opened":
            priority, category = PRIORITIES[rows[0]["priority"][0]], ids["category"][rows[0]["category"]]
            facts = {"identification": {"category_id": category, "priority": priority, "diagnosis": "x"}}
        if kind == "escalated":
            facts["division_id"] = ids["division"][facts["division_id"]]
        seen = problems.visible_to(hadi, number).last_event_id
        getattr(problems, VERBS[kind])(number, seen, hadi, at, **facts)


def counted(rows: list[dict], ids, helpdesk: int) -> set[tuple]:
    """(month, dimension, value, figure), each once, however often it happened there in that month."""
    place = {"all": 0, "store": ids["store"][rows[0]["location"]], "division": helpdesk, "category": 0, "priority": 0}
    found, happened = set(), set()
    for kind, at, facts in steps(rows):
        if kind == "opened":
            place["category"] = ids["category"][rows[0]["category"]]
            place["priority"] = list(PRIORITIES).index(rows[0]["priority"][0]) + 1
        names = [kind] if kind in FLOWS else []
        if kind == "closed":
            names += [f"closed_{before}" for before in ("escalated", "reopened") if before in happened]
        month = at.year * 100 + at.month
        found |= {(month, dimension, value, name) for dimension, value in place.items() for name in names}
        happened.add(kind)
        if kind == "escalated":
            place["division"] = ids["division"][facts["division_id"]]
    return found


def test_every_flow_of_every_month_is_what_the_log_says(query, employees, ids, incidents):
    expected = Counter()
    for rows in incidents:
        replay(query, employees, ids, rows)
        expected.update(counted(rows, ids, employees["hadi"].division_id))
    months = [Period(number) for number in sorted({key[0] for key in expected})]
    Closing(query).close_months(months[-1].ends_at + SETTLED)
    counted_again = {
        (month.number, dimension, row["value"], name): row[name]
        for month in months
        for dimension in ("all", "store", "division", "category", "priority")
        for row in Recaps(query).rows(dimension, month, is_whole=True)
        for name in (*FLOWS, *SHARES)
        if row[name]
    }
    assert counted_again == expected and len(expected) > 500
