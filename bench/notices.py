"""Unread notices: 200 for each of many people, among them those who are measured; at a million problems for everybody.
NOTICE_PEOPLE=N gives some to N people at most."""

import os

from bench.company import NIK, SUPERVISOR
from bench.postgres import Postgres

EACH, PROBLEMS_A_PERSON, MOST_PEOPLE = 200, 7, int(os.environ.get("NOTICE_PEOPLE", "150000"))
INDEXES = ("notice_unread", "notice_age")  # made afterwards, from sorted rows
DEFINED = "SELECT pg_get_indexdef(%(name)s::regclass) AS statement"
# Everybody has heard of the same newest events. Most people may not see them, which costs the header most.
GIVE = """
INSERT INTO notice (employee_id, event_id, problem_id, at)
SELECT e.id, newest.id, newest.problem_id, newest.at
FROM employee e, (SELECT o.id, o.problem_id, o.at FROM event o ORDER BY o.id DESC LIMIT %(each)s) AS newest
WHERE e.id <= %(people)s OR e.nik = ANY (%(measured)s)
ORDER BY e.id, newest.id
"""


def give(postgres: Postgres, name: str, rows: int) -> None:
    params = {"each": EACH, "people": min(rows // PROBLEMS_A_PERSON, MOST_PEOPLE), "measured": [NIK, SUPERVISOR]}
    with postgres.opened(name) as query:
        made = [query.one(DEFINED, {"name": index})["statement"] for index in INDEXES]
        with query.transaction():
            query.execute("SET LOCAL session_replication_role = replica")  # keys are right and need no check
            for index in INDEXES:
                query.execute(f"DROP INDEX {index}")
            query.execute(GIVE, params)
            for statement in made:
                query.execute(statement)
        query.execute("VACUUM ANALYZE notice")
