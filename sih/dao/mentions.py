"""Who may be named in a remark: whoever may see the problem; in an internal note whoever reads notes. A remark keeps
who was named (sih/dao/events.py: REMARKS)."""

from sih.dao.query import Query
from sih.dao.visibility import IS_READ, viewer
from sih.domain import mentions
from sih.domain.mentions import Nameable
from sih.domain.records import Employee, Problem

SUGGESTED = 10
MOST_OF_A_NAME = 1000  # people who are looked at for the words of a name; more than that are too many to choose from
MOST_LOOKED_AT = 2000  # entries of search_key that are looked at for suggestions

# sih/dao/visibility.py: IS_VISIBLE and IS_READ, asked of others.
_MAY_BE_NAMED = """NOT a.is_frozen AND a.id <> %(viewer_id)s
  AND (a.role IN ('handler', 'supervisor')
       OR (NOT %(internal)s AND (a.store_id = %(store_id)s OR a.id = %(reporter_id)s)))"""
_NAMEABLE = """a.id, a.nik, a.name, a.role,
       coalesce((SELECT d.name FROM division d WHERE d.id = a.division_id AND a.role = 'handler'),
                (SELECT s.code || ' ' || s.name FROM store s WHERE s.id = a.store_id)) AS place"""
MEANT = f"""
SELECT DISTINCT f.phrase, {_NAMEABLE}
FROM unnest(%(phrases)s::text[]) AS f (phrase)
CROSS JOIN LATERAL (
    SELECT k.row_id, count(*) OVER () AS amount
    FROM (SELECT s.row_id FROM search_key s
          WHERE s.noun = 'employee' AND s.key >= f.phrase AND s.key < f.phrase || '!' LIMIT {MOST_OF_A_NAME}) AS k
) AS hit
JOIN employee a ON a.id = hit.row_id
WHERE hit.amount < {MOST_OF_A_NAME} AND {_MAY_BE_NAMED}
"""
SUGGESTIONS = f"""
WITH search AS MATERIALIZED (
    SELECT w.word, search_patterns(%(words)s, w.word) AS patterns
    FROM (SELECT search_word('employee', %(words)s) AS word OFFSET 0) AS w
)
SELECT {_NAMEABLE}
FROM (SELECT k.row_id, min(k.key) AS key
      FROM (SELECT s.key, s.row_id FROM search_key s
            WHERE s.noun = 'employee' AND s.key >= (SELECT word FROM search)
              AND s.key < (SELECT word FROM search) || chr(1114111)
              AND ' ' || s.key LIKE ALL ((SELECT patterns FROM search)::text[])
            LIMIT {MOST_LOOKED_AT}) AS k
      GROUP BY k.row_id) AS hit
JOIN employee a ON a.id = hit.row_id
WHERE {_MAY_BE_NAMED}
ORDER BY hit.key, a.id LIMIT {SUGGESTED}
"""
# Those who have to do with the problem, as far as the person knows of it.
INVOLVED = f"""
SELECT {_NAMEABLE}
FROM employee a
WHERE a.id IN (SELECT e.actor_id FROM event e WHERE e.problem_id = %(problem_id)s AND {IS_READ}
               UNION SELECT p.reporter_id FROM problem p WHERE p.id = %(problem_id)s
               UNION SELECT p.holder_employee_id FROM problem p WHERE p.id = %(problem_id)s)
  AND {_MAY_BE_NAMED}
ORDER BY a.name, a.id LIMIT {SUGGESTED}
"""


class Mentions:
    """Of a problem that the person may see. `internal`: of an internal note."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def named_in(self, text: str, problem: Problem, by: Employee, internal: bool) -> list[Nameable]:
        """Who is named in this text; nobody who may not read it."""
        phrases = sorted({phrase for choices in mentions.phrases(text) for phrase in choices})
        if not phrases:
            return []
        known = {}
        for row in self._query.select(MEANT, _params(problem, by, internal) | {"phrases": phrases}):
            known.setdefault(row.pop("phrase"), []).append(Nameable(**row))
        return mentions.named(text, known)

    def suggestions(self, words: str, problem: Problem, by: Employee, internal: bool) -> list[Nameable]:
        """Up to SUGGESTED people whose NIK or names begin with these words; without words those who have to do with the
        problem."""
        params = _params(problem, by, internal) | {"words": words}
        return self._query.select(SUGGESTIONS if mentions.words_of(words) else INVOLVED, params, Nameable)


def _params(problem: Problem, by: Employee, internal: bool) -> dict:
    where = {"problem_id": problem.id, "store_id": problem.store_id, "reporter_id": problem.reporter_id}
    return viewer(by) | where | {"internal": internal}
