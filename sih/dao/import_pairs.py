"""Finds new NIKs in a file that may belong to existing employees of the same name and store: a contract that becomes
permanent changes the NIK. If an admin marks the two as one person, the import changes only the NIK."""

import json
from collections import Counter

from sih.dao.query import Query
from sih.domain.errors import TwoPeopleAtOnce
from sih.masters.records import Import, ImportPair

PAGE_SIZE = 200

_SHEET = "(SELECT r.sheet FROM import_row r WHERE r.import_id = c.import_id AND r.place = c.place)"
# An employee whose present NIK is in the file is another person. A pair marked as one person is a change of the NIK.
_FOUND = f"""
    SELECT c.place, c.number, {_SHEET} AS sheet, c.facts->>'nik' AS nik, e.id AS employee_id, e.nik AS former_nik,
           e.name, s.code || ' ' || s.name AS store, false AS is_same
    FROM import_change c
    JOIN store s ON s.code = c.facts->>'store'
    JOIN employee e ON e.store_id = s.id AND lower(e.name) = lower(c.facts->>'name') AND NOT e.is_frozen
    WHERE c.import_id = %(import_id)s AND c.kind = 'create' AND c.facts->>'active' = 'yes'
      AND NOT EXISTS (SELECT FROM import_row r WHERE r.import_id = %(import_id)s AND r.key = e.nik)
    UNION ALL
    SELECT c.place, c.number, {_SHEET}, c.facts->>'nik', e.id, e.nik, e.name, s.code || ' ' || s.name, true
    FROM import_change c
    JOIN employee e ON e.id = (c.facts->>'id')::integer JOIN store s ON s.id = e.store_id
    WHERE c.import_id = %(import_id)s AND c.kind = 'change' AND c.changes ? 'nik'"""
AMOUNT = f"SELECT count(*) AS amount FROM ({_FOUND}) AS pair"
PAGE = f"""
SELECT pair.place, pair.number, pair.sheet, pair.nik, pair.employee_id, pair.former_nik, pair.name, pair.store,
       pair.is_same
FROM ({_FOUND}) AS pair
WHERE (pair.place, pair.employee_id) > (%(place)s, %(employee_id)s)
ORDER BY pair.place, pair.employee_id LIMIT %(limit)s
"""
# The dry run is repeated from the file with these pairs.
CHOOSE = """
UPDATE import SET same_people = %(same_people)s, state = 'reading'
WHERE id = %(id)s AND state = 'shown' AND fingerprint = %(fingerprint)s
"""


class ImportPairs:
    def __init__(self, query: Query) -> None:
        self._query = query

    def amount(self, import_id: int) -> int:
        return self._query.one(AMOUNT, {"import_id": import_id})["amount"]

    def page(self, import_id: int, after: tuple[int, int] = (0, 0), limit: int | None = PAGE_SIZE) -> list[ImportPair]:
        """Up to `limit` pairs after this (place, employee_id); with None all."""
        params = {"import_id": import_id, "place": after[0], "employee_id": after[1], "limit": limit}
        return self._query.select(PAGE, params, ImportPair)

    def choose(self, found: Import, offered: list[ImportPair], chosen: set[str]) -> bool:
        """Marks the offered pairs whose `value` is in `chosen` as one person each, and the other offered pairs as two
        people. False if nothing changes, or if `found` has an outdated dry run. Raises TwoPeopleAtOnce. Call it within
        a transaction; the dry run must be repeated."""
        kept = dict(found.same_people)
        for pair in offered:
            if kept.get(pair.nik) == pair.former_nik:
                del kept[pair.nik]
        new = [(pair.nik, pair.former_nik) for pair in offered if pair.value in chosen]
        people = [*kept.items(), *new]
        for side in zip(*people, strict=True):
            if twice := [nik for nik, amount in Counter(side).items() if amount > 1]:
                raise TwoPeopleAtOnce(twice[0])
        if dict(people) == found.same_people:
            return False
        facts = {"same_people": json.dumps(dict(people)), "id": found.id, "fingerprint": found.fingerprint}
        return self._query.execute(CHOOSE, facts) == 1


def unambiguous(pairs: list[ImportPair]) -> set[str]:
    """The values of the pairs whose two NIKs are in no other pair."""
    amounts = Counter(nik for pair in pairs for nik in (pair.nik, pair.former_nik))
    return {pair.value for pair in pairs if amounts[pair.nik] == amounts[pair.former_nik] == 1}
