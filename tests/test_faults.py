"""The checks of the fault campaign (faults/checks.py) find each kind of damage to the database."""

from uuid import uuid4

import pytest

from bench import databases
from faults import checks
from faults.ledger import Change, Ledger
from sih.dao.events import Events
from sih.dao.problems import Problems
from sih.dao.query import Pool
from sih.dao.recap.figures import Recaps
from sih.domain import clock


@pytest.fixture
def ledger(query, employees) -> list[Change]:
    """One problem as a writer takes it on, and what it was told."""
    problems, hadi, now = Problems(query), employees["hadi"], clock.now()
    kind, category = (query.one(f"SELECT min(id) AS id FROM {table}")["id"] for table in ("asset_kind", "category"))
    title = f"Kendala {uuid4()}"
    words = {"title": title, "description": title, "asset_kind_id": kind, "asset_id": None}
    number = problems.report(hadi, now, uuid4(), words)
    seen, note, remark = problems.visible_to(hadi, number).last_event_id, str(uuid4()), str(uuid4())
    problems.open(number, seen, hadi, now, {"category_id": category, "priority": "high", "diagnosis": note})
    Events(query).comment(number, hadi, now, uuid4(), remark)
    changes = [
        Change("reported", None, title),
        Change("opened", number, note, seen),
        Change("commented", number, remark),
    ]
    for change in changes:
        change.is_acknowledged = True
    return changes


@pytest.fixture
def mighty(admin, database):
    """Whoever may do what the application's role may not; no trigger notices."""
    with databases.opened(Pool(**{**admin, "dbname": database["dbname"]})) as query:
        query.execute("SET session_replication_role = replica")
        yield query


def test_a_healthy_database_has_no_findings(query, ledger):
    unknown = Change("closed", ledger[1].problem_id, "never arrived", 1)
    assert checks.findings(query, [*ledger, unknown]) == []
    Recaps(query).fold_all()
    assert checks.findings(query, [*ledger, unknown]) == [] and checks.closed_months(query) == []


@pytest.mark.parametrize("kind", ["reported", "opened", "commented", "accepted"])
def test_a_missing_acknowledged_change_is_found(query, ledger, kind):
    lost = Change(kind, ledger[1].problem_id, "lost" if kind != "accepted" else "", seen=5, is_acknowledged=True)
    found = checks.findings(query, [*ledger, lost])
    assert len(found) == 1 and found[0].startswith("acknowledged and there 0 times")


def test_a_duplicate_change_is_found(query, ledger, mighty):
    copied = "problem_id, kind, at, actor_id, status_before, status_after, to_division_id, priority, category_id, note"
    mighty.execute(f"INSERT INTO event ({copied}) SELECT {copied} FROM event WHERE kind = 'commented'")
    ledger[2].is_acknowledged = False
    found = checks.findings(query, ledger)
    assert len(found) == 1 and found[0].startswith("not acknowledged and there 2 times")


DAMAGES = {
    "UPDATE problem SET status = 'new', priority = NULL, category_id = NULL, diagnosis = NULL": "not as its last event",
    "UPDATE problem SET holder_division_id = (SELECT max(id) FROM division)": "not as its last event",
    "UPDATE problem SET last_event_id = (SELECT min(id) FROM event)": "no chain",
    "DELETE FROM event WHERE kind = 'reported'": "no chain",
    "DELETE FROM problem_search": "not as its last event",
    "UPDATE tally_change SET amount = 2 WHERE status = 'in_progress'": "kept count",
    "DELETE FROM tally_change": "kept count",
    "DELETE FROM recap_pending": "figure",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_inconsistency_is_found(query, ledger, mighty, damage):
    mighty.execute(damage)
    assert any(DAMAGES[damage] in found for found in checks.findings(query, ledger))


def test_a_change_that_was_sent_before_the_fault_says_nothing_about_the_time_after():
    ledger = Ledger()
    change = ledger.begin(Change("reported", None, "Kendala"))
    ledger.acknowledge(change, 1.0, 3.0)
    assert ledger.first_since(2.0) is None and ledger.first_since(1.0) == 3.0
    assert ledger.totals()["acknowledged"] == 1 and ledger.totals()["unknown"] == 0
