"""Master data: pages of lists, search, and writing. The columns are declared in sih/masters."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from sih.dao.query import Query
from sih.masters import NOUNS, Noun, Reference

PAGE_SIZE, BATCH = 50, 1000
ALWAYS = ("state", "active")  # filters of every noun; "active" is "yes" for the options of a reference

_LIST = """
SELECT v.*, v.sort AS place FROM {name}_sheet v
WHERE (%(place)s IS NULL OR (v.sort, v.id) > (%(place)s, %(id)s)) AND {filters}
ORDER BY v.sort, v.id LIMIT %(limit)s
"""
# The page is found along the index of keys; the other columns are joined afterwards. Filters are checked by a subselect
# for each row: with EXISTS the planner would choose a join and read the whole table.
_SEARCH = """
WITH search AS MATERIALIZED (
    SELECT w.word, search_patterns(%(words)s, w.word) AS patterns
    FROM (SELECT search_word('{name}', %(words)s) AS word OFFSET 0) AS w
)
SELECT v.*, found.key AS place
FROM (
    SELECT k.key, k.row_id FROM search_key k
    WHERE k.noun = '{name}' AND k.key >= (SELECT word FROM search)
      AND k.key < (SELECT word FROM search) || chr(1114111)
      AND ' ' || k.key LIKE ALL ((SELECT patterns FROM search)::text[])
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
# A row below an inactive division counts as inactive.
_ABOVE = " AND NOT EXISTS (SELECT FROM division_sheet a WHERE a.active = 'no' AND starts_with(v.key, a.key || ' > '))"
KEYS |= {name: _KEYS.format(name=name, above=_ABOVE) for name in ("division", "department")}
# Stores are found by their code only, which has an index; lower() would read all stores.
KEYS["store"] = """
SELECT lower(s.code) AS key, lower(s.code) AS alias, s.code AS kept, s.is_active FROM store s
WHERE %(text)s IS NULL OR s.code = upper(%(text)s)
"""

# Rows are written in batches, as JSON with the columns of their view (NOUN_sheet in sql/schema.sql). A form writes one
# row, an import thousands, by the same statements. A row with a reference to a missing row, or a changed row with
# another version than was shown, is not written; callers compare the number of written rows. An import that was checked
# before an upgrade has no column that came with it, so such a column is optional.
_STORE = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, code text, name text, city text, \
time_zone text, phone text, active text)"
_DIVISION = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, name text, parent text, mailbox text, \
active text)"
_DEPARTMENT = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, name text, division text, active text)"
_CATEGORY = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, name text, priority text, \
division text, active text)"
_READY_TEXT = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, division text, name text, \
purpose text, words text, active text)"
_SLANG = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, name text, meaning text, active text)"
_KIND = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, name text, active text)"
_TROUBLE = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, kind text, name text, active text)"
_ASSET = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, label text, kind text, serial text, \
store text, bought_on text, active text)"
_EMPLOYEE = "jsonb_to_recordset(%(rows)s) AS r (id integer, version integer, nik text, name text, role text, \
store text, division text, department text, email text, phone text, active text)"

_PARENT = "LEFT JOIN division_sheet d ON d.key = nullif(r.parent, '')"
_DIVISION_OR_NONE = "LEFT JOIN division_sheet d ON d.key = nullif(r.division, '')"
_PLACES = f"""JOIN store s ON s.code = r.store
{_DIVISION_OR_NONE}
LEFT JOIN department_sheet m ON m.key = nullif(r.department, '')"""
_PLACES_EXIST = "(r.division = '' OR d.id IS NOT NULL) AND (r.department = '' OR m.id IS NOT NULL)"

CREATE = {
    "store": f"""
INSERT INTO store (code, name, city, time_zone, phone, is_active)
SELECT r.code, r.name, r.city, r.time_zone, coalesce(r.phone, ''), r.active = 'yes' FROM {_STORE}
""",
    "division": f"""
INSERT INTO division (name, parent_id, is_active, mailbox)
SELECT r.name, d.id, r.active = 'yes', coalesce(r.mailbox, '')
FROM {_DIVISION} {_PARENT} WHERE r.parent = '' OR d.id IS NOT NULL
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
    "ready_text": f"""
INSERT INTO ready_text (division_id, name, purpose, words, is_active)
SELECT d.id, r.name, r.purpose, r.words, r.active = 'yes'
FROM {_READY_TEXT} JOIN division_sheet d ON d.key = r.division
""",
    "slang": f"INSERT INTO slang (name, meaning, is_active) SELECT r.name, r.meaning, r.active = 'yes' FROM {_SLANG}",
    "asset_kind": f"INSERT INTO asset_kind (name, is_active) SELECT r.name, r.active = 'yes' FROM {_KIND}",
    "trouble": f"""
INSERT INTO trouble (kind_id, name, is_active)
SELECT k.id, r.name, r.active = 'yes' FROM {_TROUBLE} JOIN asset_kind k ON k.name = r.kind
""",
    "asset": f"""
INSERT INTO asset (label, kind_id, serial, store_id, bought_on, is_retired)
SELECT r.label, k.id, r.serial, s.id, nullif(r.bought_on, '')::date, r.active = 'no'
FROM {_ASSET} JOIN asset_kind k ON k.name = r.kind JOIN store s ON s.code = r.store
""",
    "employee": f"""
INSERT INTO employee (nik, name, role, store_id, division_id, department_id, email, phone, is_frozen)
SELECT r.nik, r.name, r.role::employee_role, s.id, d.id, m.id, r.email, coalesce(r.phone, ''), r.active = 'no'
FROM {_EMPLOYEE} {_PLACES} WHERE {_PLACES_EXIST}
""",
}

CHANGE = {
    "store": f"""
UPDATE store t
SET code = r.code, name = r.name, city = r.city, time_zone = r.time_zone, phone = coalesce(r.phone, t.phone),
    is_active = r.active = 'yes', version = t.version + 1
FROM {_STORE} WHERE t.id = r.id AND t.version = r.version
""",
    "division": f"""
UPDATE division t
SET name = r.name, parent_id = d.id, is_active = r.active = 'yes', mailbox = coalesce(r.mailbox, t.mailbox),
    version = t.version + 1
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
    "ready_text": f"""
UPDATE ready_text t
SET division_id = d.id, name = r.name, purpose = r.purpose, words = r.words, is_active = r.active = 'yes',
    version = t.version + 1
FROM {_READY_TEXT} JOIN division_sheet d ON d.key = r.division WHERE t.id = r.id AND t.version = r.version
""",
    "slang": f"""
UPDATE slang t
SET name = r.name, meaning = r.meaning, is_active = r.active = 'yes', version = t.version + 1
FROM {_SLANG} WHERE t.id = r.id AND t.version = r.version
""",
    "asset_kind": f"""
UPDATE asset_kind t
SET name = r.name, is_active = r.active = 'yes', version = t.version + 1
FROM {_KIND} WHERE t.id = r.id AND t.version = r.version
""",
    "trouble": f"""
UPDATE trouble t
SET kind_id = k.id, name = r.name, is_active = r.active = 'yes', version = t.version + 1
FROM {_TROUBLE} JOIN asset_kind k ON k.name = r.kind WHERE t.id = r.id AND t.version = r.version
""",
    "asset": f"""
UPDATE asset t
SET label = r.label, kind_id = k.id, serial = r.serial, store_id = s.id, bought_on = nullif(r.bought_on, '')::date,
    is_retired = r.active = 'no', version = t.version + 1
FROM {_ASSET} JOIN asset_kind k ON k.name = r.kind JOIN store s ON s.code = r.store
WHERE t.id = r.id AND t.version = r.version
""",
    # A change of role, or freezing, ends this person's sessions at the next click (docs/architecture.md, Safety).
    "employee": f"""
UPDATE employee t
SET nik = r.nik, name = r.name, role = r.role::employee_role, store_id = s.id, division_id = d.id,
    department_id = m.id, email = r.email, phone = coalesce(r.phone, t.phone),
    is_frozen = r.active = 'no', version = t.version + 1,
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
        """Up to `size` rows after the position (place, id), and whether more follow. `filters`: words, state, active,
        and those of the noun; None if not set."""
        params = dict.fromkeys(("words", *ALWAYS, *self._noun.filters)) | filters
        params |= {"place": after and after[0], "id": after and after[1], "limit": size + 1}
        params["is_unfiltered"] = not any(filters.get(name) for name in (*ALWAYS, *self._noun.filters))
        found = self._query.select((SEARCH if filters.get("words") else LIST)[self._noun.name], params)
        rows = {row["id"]: row for row in reversed(found[:size])}  # several words of a row may match
        return list(reversed(rows.values())), len(found) > size

    def find(self, row_id: int) -> dict | None:
        return self._query.one_or_none(FIND[self._noun.name], {"id": row_id})

    def by_key(self, key: str) -> dict | None:
        """The row that Noun.key_of gives this key."""
        return self._query.one_or_none(BY_KEY[self._noun.name], {"key": key})

    def all(self, filters: dict[str, str | None]) -> Iterator[dict]:
        """All rows that match, read page by page to bound memory and the time of a statement."""
        after, has_more, seen = None, True, set()  # several words of a row may match
        while has_more:
            rows, has_more = self.page(filters, after, BATCH)
            yield from (row for row in rows if row["id"] not in seen)
            seen |= {row["id"] for row in rows} if filters.get("words") else set()
            after = (rows[-1]["place"], rows[-1]["id"]) if rows else None

    def offered(self) -> list[str]:
        """The keys of all active rows, as options of a select field; only for nouns with few rows."""
        rows = self._query.select(KEYS[self._noun.name], {"text": None})
        return sorted(row["kept"] for row in rows if row["is_active"])

    def create(self, rows: Iterable[dict]) -> int:
        """Adds rows (dicts with the columns of the view); returns the number of added rows. Call inside dao/audits.py:
        signed. Raises RuleViolated."""
        return self.create_json(json.dumps(list(rows)))

    def change(self, rows: Iterable[dict]) -> int:
        """Changes rows, each with `id` and the `version` that was shown; returns the number of changed rows. As
        create()."""
        return self.change_json(json.dumps(list(rows)))

    def create_json(self, rows: str) -> int:
        return self._query.execute(CREATE[self._noun.name], {"rows": rows})

    def change_json(self, rows: str) -> int:
        return self._query.execute(CHANGE[self._noun.name], {"rows": rows})


class References:
    """Finds the row that a text refers to: by its key, or by its alias if that is unique. An exact match comes before
    one that ignores case. Results are cached."""

    def __init__(self, query: Query, are_all_read: bool = False) -> None:
        """`are_all_read`: reads all keys of a noun at once, for a whole file; otherwise one query for each text."""
        self._query, self._are_all_read, self._cache = query, are_all_read, {}

    def find(self, noun: str, text: str) -> Reference | None:
        key = None if self._are_all_read else text.lower()
        if (noun, key) not in self._cache:
            self._cache[noun, key] = _by_text(self._query.select(KEYS[noun], {"text": key}))
        references = self._cache[noun, key]
        return references.get(text) or references.get(text.lower())

    def expect(self, noun: str, key: str) -> None:
        """Registers a key that the same file will create, so that other rows may refer to it."""
        self.find(noun, "")
        self._cache[noun, None].setdefault(key.lower(), (key, True))


def _by_text(rows: list[dict]) -> dict[str, Reference]:
    amounts = Counter(row["alias"] for row in rows)
    found = {row["kept"]: (row["kept"], row["is_active"]) for row in rows}
    once = {row["alias"]: found[row["kept"]] for row in rows if amounts[row["alias"]] == 1}
    return once | {row["key"]: found[row["kept"]] for row in rows} | found
