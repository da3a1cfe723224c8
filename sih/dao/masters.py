"""Lists of master data: found, shown by page, and written. What stands where is declared in sih/masters."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from sih.dao.master_statements import CHANGE, CREATE
from sih.dao.query import Query
from sih.masters import NOUNS, Noun, Reference

PAGE_SIZE, BATCH = 50, 1000
ALWAYS = ("state", "active")  # the filters that every noun has; "active" is "yes" where one chooses

_LIST = """
SELECT v.*, v.sort AS place FROM {name}_sheet v
WHERE (%(place)s IS NULL OR (v.sort, v.id) > (%(place)s, %(id)s)) AND {filters}
ORDER BY v.sort, v.id LIMIT %(limit)s
"""
# The page is found by the walk along the keys, and named afterwards. A filter is asked row by row: as EXISTS the
# planner would join it, and read all there is.
_SEARCH = """
SELECT v.*, found.key AS place
FROM (
    SELECT k.key, k.row_id FROM search_key k
    WHERE k.noun = '{name}' AND k.key >= search_word(%(words)s) AND k.key < search_word(%(words)s) || chr(1114111)
      AND ' ' || k.key LIKE ALL (search_patterns(%(words)s))
      AND (%(place)s IS NULL OR (k.key, k.row_id) > (%(place)s, %(id)s))
      AND (%(is_unfiltered)s OR (SELECT {filters} FROM {name}_sheet v WHERE v.id = k.row_id))
    ORDER BY k.key, k.row_id LIMIT %(limit)s
) AS found
JOIN {name}_sheet v ON v.id = found.row_id
ORDER BY found.key, found.row_id
"""
_KEYS = """
SELECT lower(v.key) AS key, lower(v.alias) AS alias, v.key AS kept, v.active = 'yes'{above} AS is_active
FROM {name}_sheet v
WHERE %(text)s IS NULL OR lower(v.key) = %(text)s OR lower(v.alias) = %(text)s
"""


def _filters(noun: Noun) -> str:
    names = (*ALWAYS, *noun.filters)
    return " AND ".join(f"(%({name})s IS NULL OR v.{name} = %({name})s)" for name in names)


LIST = {noun.name: _LIST.format(name=noun.name, filters=_filters(noun)) for noun in NOUNS}
SEARCH = {noun.name: _SEARCH.format(name=noun.name, filters=_filters(noun)) for noun in NOUNS}
FIND = {noun.name: f"SELECT v.* FROM {noun.name}_sheet v WHERE v.id = %(id)s" for noun in NOUNS}
KEYS = {noun.name: _KEYS.format(name=noun.name, above="") for noun in NOUNS}
# What stands below something deactivated is as good as deactivated.
_ABOVE = " AND NOT EXISTS (SELECT FROM division_sheet a WHERE a.active = 'no' AND starts_with(v.key, a.key || ' > '))"
KEYS |= {name: _KEYS.format(name=name, above=_ABOVE) for name in ("division", "department")}
# A store is found by its code alone, which has an index; lower() would read all of them.
KEYS["store"] = """
SELECT lower(s.code) AS key, lower(s.code) AS alias, s.code AS kept, s.is_active FROM store s
WHERE %(text)s IS NULL OR s.code = upper(%(text)s)
"""


class Masters:
    """The rows of one noun, each a dict with the columns of its view."""

    def __init__(self, query: Query, noun: Noun) -> None:
        self._query, self._noun = query, noun

    def page(self, filters: dict[str, str | None], after: tuple[str, int] | None = None, size: int = PAGE_SIZE):
        """Up to `size` rows after this (place, id), and whether more follow. `filters`: words, state, active, and the
        noun's own, each None where it is not set."""
        params = dict.fromkeys(("words", *ALWAYS, *self._noun.filters)) | filters
        params |= {"place": after and after[0], "id": after and after[1], "limit": size + 1}
        params["is_unfiltered"] = not any(filters.get(name) for name in (*ALWAYS, *self._noun.filters))
        found = self._query.select((SEARCH if filters.get("words") else LIST)[self._noun.name], params)
        rows = {row["id"]: row for row in reversed(found[:size])}  # one whose words begin alike is found by each
        return list(reversed(rows.values())), len(found) > size

    def find(self, row_id: int) -> dict | None:
        return self._query.one_or_none(FIND[self._noun.name], {"id": row_id})

    def all(self, filters: dict[str, str | None]) -> Iterator[dict]:
        """Every row that fits, page by page, so that it costs no memory and no long statement."""
        after, has_more, seen = None, True, set()  # one whose words begin alike is found by each
        while has_more:
            rows, has_more = self.page(filters, after, BATCH)
            yield from (row for row in rows if row["id"] not in seen)
            seen |= {row["id"] for row in rows} if filters.get("words") else set()
            after = (rows[-1]["place"], rows[-1]["id"]) if rows else None

    def offered(self) -> list[str]:
        """The keys of the active rows, to choose from; of short nouns only."""
        rows = self._query.select(KEYS[self._noun.name], {"text": None})
        return sorted(row["kept"] for row in rows if row["is_active"])

    def create(self, rows: Iterable[dict]) -> int:
        """Writes these new rows, in the words of the sheet; gives how many. Raises RuleViolated. Signed, see audits."""
        return self.create_json(json.dumps(list(rows)))

    def change(self, rows: Iterable[dict]) -> int:
        """Writes these rows, each with its `id` and the `version` that was shown; gives how many. As `create`."""
        return self.change_json(json.dumps(list(rows)))

    def create_json(self, rows: str) -> int:
        return self._query.execute(CREATE[self._noun.name], {"rows": rows})

    def change_json(self, rows: str) -> int:
        return self._query.execute(CHANGE[self._noun.name], {"rows": rows})


class References:
    """Finds what a text names, by its key, or by its short name where only one row has that; letter by letter first."""

    def __init__(self, query: Query, are_all_read: bool = False) -> None:
        """`are_all_read`: for a whole file; else each is asked for as it comes."""
        self._query, self._are_all_read, self._known = query, are_all_read, {}

    def find(self, noun: str, text: str) -> Reference | None:
        asked = None if self._are_all_read else text.lower()
        if (noun, asked) not in self._known:
            self._known[noun, asked] = _by_text(self._query.select(KEYS[noun], {"text": asked}))
        known = self._known[noun, asked]
        return known.get(text) or known.get(text.lower())

    def expect(self, noun: str, key: str) -> None:
        """This row will be there: the same file brings it."""
        self.find(noun, "")
        self._known[noun, None].setdefault(key.lower(), (key, True))


def _by_text(rows: list[dict]) -> dict[str, Reference]:
    amounts = Counter(row["alias"] for row in rows)
    found = {row["kept"]: (row["kept"], row["is_active"]) for row in rows}
    once = {row["alias"]: found[row["kept"]] for row in rows if amounts[row["alias"]] == 1}
    return once | {row["key"]: found[row["kept"]] for row in rows} | found
