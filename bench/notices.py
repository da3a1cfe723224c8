"""Unread notices: 200 for each of a thousand people, among them those who are measured."""

from bench.company import NIK, SUPERVISOR
from bench.postgres import Postgres

EACH, PROBLEMS_A_PERSON, MOST_PEOPLE = 200, 7, 1_000
# Everybody has heard of the same newest events. Most people may not see them, which costs the header most.
GIVE = """
INSERT INTO notice (employee_id, event_id, problem_id, at)
SELECT e.id, newest.id, newest.problem_id, newest.at
FROM employee e, (SELECT o.id, o.problem_id, o.at FROM event o ORDER BY o.id DESC LIMIT %(each)s) AS newest
WHERE e.id <= %(people)s OR e.nik = ANY (%(measured)s)
"""


def give(postgres: Postgres, name: str, rows: int) -> None:
    params = {"each": EACH, "people": min(rows // PROBLEMS_A_PERSON, MOST_PEOPLE), "measured": [NIK, SUPERVISOR]}
    with postgres.opened(name) as query:
        with query.transaction():
            query.execute("SET LOCAL session_replication_role = replica")  # keys are right and need no check
            query.execute(GIVE, params)
        query.execute("VACUUM ANALYZE notice")
