"""Lists of master data: found, shown by page, and written. What stands where is declared in sih/masters."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

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
BY_KEY = {noun.name: f"SELECT v.* FROM {noun.name}_sheet v WHERE v.key = %(key)s" for noun in NOUNS}
KEYS = {noun.name: _KEYS.format(name=noun.name, above="") for noun in NOUNS}
# What stands below something deactivated is as good as deactivated.
_ABOVE = " AND NOT EXISTS (SELECT FROM division_sheet a WHERE a.active = 'no' AND starts_with(v.key, a.key || ' > '))"
KEYS |= {name: _KEYS.format(name=name, above=_ABOVE) for name in ("division", "department")}
# A store is found by its code alone, which has an index; lower() would read all of them.
KEYS["store"] = """
SELECT lower(s.code) AS key, lower(s.code) AS alias, s.code AS kept, s.is_active FROM store s
WHERE %(text)s IS NULL OR s.code = upper(%(text)s)
"""

# Rows are written many at once, as JSON, in the words of their sheets (the views of sql/schema.sql). A form writes one,
# a file thousands, through the same statements. A row that names what does not exist is not written, and a changed row
# only if it has the version that was shown: the caller counts.
_STORE = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, code text, name text, city text, \
time_zone text, active text)"
_DIVISION = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, name text, parent text, active text)"
_DEPARTMENT = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, name text, division text, active text)"
_CATEGORY = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, name text, priority text, \
division text, active text)"
_KIND = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, name text, active text)"
_ASSET = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, label text, kind text, serial text, \
store text, bought_on text, active text)"
_EMPLOYEE = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, nik text, name text, role text, \
store text, division text, department text, email text, active text)"

_PARENT = "LEFT JOIN division_sheet d ON d.key = nullif(r.parent, '')"
_DIVISION_OR_NONE = "LEFT JOIN division_sheet d ON d.key = nullif(r.division, '')"
_PLACES = f"""JOIN store s ON s.code = r.store
{_DIVISION_OR_NONE}
LEFT JOIN department_sheet m ON m.key = nullif(r.department, '')"""
_PLACES_EXIST = "(r.division = '' OR d.id IS NOT NULL) AND (r.department = '' OR m.id IS NOT NULL)"

CREATE = {
    "store": f"""
INSERT INTO store (code, name, city, time_zone, is_active)
SELECT r.code, r.name, r.city, r.time_zone, r.active = 'yes' FROM {_STORE}
""",
    "division": f"""
INSERT INTO division (name, parent_id, is_active)
SELECT r.name, d.id, r.active = 'yes' FROM {_DIVISION} {_PARENT} WHERE r.parent = '' OR d.id IS NOT NULL
""",
    "department": f"""
INSERT INTO department (name, division_id, is_active)
SELECT r.name, d.id, r.active = 'yes' FROM {_DEPARTMENT} JOIN division_sheet d ON d.key = r.division
""",
    "category": f"""
INSERT INTO category (name, priority, division_id, is_active)
SELECT r.name, nullif(r.priority, '')::problem_priority, d.id, r.active = 'yes' FROM {_CATEGORY} {_DIVISION_OR_NONE}
WHERE r.division = '' OR d.id IS NOT NULL
""",
    "asset_kind": f"INSERT INTO asset_kind (name, is_active) SELECT r.name, r.active = 'yes' FROM {_KIND}",
    "asset": f"""
INSERT INTO asset (label, kind_id, serial, store_id, bought_on, is_retired)
SELECT r.label, k.id, r.serial, s.id, nullif(r.bought_on, '')::date, r.active = 'no'
FROM {_ASSET} JOIN asset_kind k ON k.name = r.kind JOIN store s ON s.code = r.store
""",
    "employee": f"""
INSERT INTO employee (nik, name, role, store_id, division_id, department_id, email, is_frozen)
SELECT r.nik, r.name, r.role::employee_role, s.id, d.id, m.id, r.email, r.active = 'no'
FROM {_EMPLOYEE} {_PLACES} WHERE {_PLACES_EXIST}
""",
}

CHANGE = {
    "store": f"""
UPDATE store t
SET code = r.code, name = r.name, city = r.city, time_zone = r.time_zone, is_active = r.active = 'yes',
    version = t.version + 1
FROM {_STORE} WHERE t.id = r.id AND t.version = r.version
""",
    "division": f"""
UPDATE division t
SET name = r.name, parent_id = d.id, is_active = r.active = 'yes', version = t.version + 1
FROM {_DIVISION} {_PARENT} WHERE t.id = r.id AND t.version = r.version AND (r.parent = '' OR d.id IS NOT NULL)
""",
    "department": f"""
UPDATE department t
SET name = r.name, division_id = d.id, is_active = r.active = 'yes', version = t.version + 1
FROM {_DEPARTMENT} JOIN division_sheet d ON d.key = r.division WHERE t.id = r.id AND t.version = r.version
""",
    "category": f"""
UPDATE category t
SET name = r.name, priority = nullif(r.priority, '')::problem_priority, division_id = d.id,
    is_active = r.active = 'yes', version = t.version + 1
FROM {_CATEGORY} {_DIVISION_OR_NONE}
WHERE t.id = r.id AND t.version = r.version AND (r.division = '' OR d.id IS NOT NULL)
""",
    "asset_kind": f"""
UPDATE asset_kind t
SET name = r.name, is_active = r.active = 'yes', version = t.version + 1
FROM {_KIND} WHERE t.id = r.id AND t.version = r.version
""",
    "asset": f"""
UPDATE asset t
SET label = r.label, kind_id = k.id, serial = r.serial, store_id = s.id, bought_on = nullif(r.bought_on, '')::date,
    is_retired = r.active = 'no', version = t.version + 1
FROM {_ASSET} JOIN asset_kind k ON k.name = r.kind JOIN store s ON s.code = r.store
WHERE t.id = r.id AND t.version = r.version
""",
    # Another role, or being frozen, ends this person's sessions at the next click (docs/architecture.md, Safety).
    "employee": f"""
UPDATE employee t
SET nik = r.nik, name = r.name, role = r.role::employee_role, store_id = s.id, division_id = d.id,
    department_id = m.id, email = r.email, is_frozen = r.active = 'no', version = t.version + 1,
    session_version = t.session_version
        + CASE WHEN t.role = r.role::employee_role AND t.is_frozen = (r.active = 'no') THEN 0 ELSE 1 END
FROM {_EMPLOYEE} {_PLACES}
WHERE t.id = r.id AND t.version = r.version AND {_PLACES_EXIST}
""",
}


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

    def by_key(self, key: str) -> dict | None:
        """The row that Noun.key_of gives this key."""
        return self._query.one_or_none(BY_KEY[self._noun.name], {"key": key})

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
        self._query, self._are_all_read, self._cache = query, are_all_read, {}

    def find(self, noun: str, text: str) -> Reference | None:
        key = None if self._are_all_read else text.lower()
        if (noun, key) not in self._cache:
            self._cache[noun, key] = _by_text(self._query.select(KEYS[noun], {"text": key}))
        references = self._cache[noun, key]
        return references.get(text) or references.get(text.lower())

    def expect(self, noun: str, key: str) -> None:
        """This row will be there: the same file brings it."""
        self.find(noun, "")
        self._cache[noun, None].setdefault(key.lower(), (key, True))


def _by_text(rows: list[dict]) -> dict[str, Reference]:
    amounts = Counter(row["alias"] for row in rows)
    found = {row["kept"]: (row["kept"], row["is_active"]) for row in rows}
    once = {row["alias"]: found[row["kept"]] for row in rows if amounts[row["alias"]] == 1}
    return once | {row["key"]: found[row["kept"]] for row in rows} | found
