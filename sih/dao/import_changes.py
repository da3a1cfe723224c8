"""Compares the rows of a file with the database in one statement per noun, so that 150,000 rows need no memory here.
The same comparison computes the dry run and, inside the transaction that writes, the check against it."""

from sih.masters import NOUNS, Noun
from sih.masters.rules import RULES

_OWN = "id,key,alias,sort,state,store_name"  # columns of the view that files do not have
_TWICE = "%%(label)s ini juga ada di baris lain: %%(text)s"
_MISSING = "%%(label)s harus diisi."
_INACTIVE = "%%(label)s sudah tidak aktif: %%(text)s"
_ABOVE = "%%(label)s ada di baris yang salah: %%(text)s"
_TAKEN_NIK = "NIK ini sudah dipakai orang lain."
FAULTS = (_TWICE, _MISSING, _INACTIVE, _ABOVE, _TAKEN_NIK)
ROW_LIMIT = 1000  # rows per page of changes, and per written batch


def _fault(condition: str, text: str, label: str = "''", fact: str = "''") -> str:
    facts = f"jsonb_build_object('label', {label}, 'text', {fact})"
    return f"""CASE WHEN {condition} THEN jsonb_build_array(jsonb_build_object('text', '{text}', 'facts', {facts}))
              ELSE '[]' END"""


def _rule(name: str, condition: str) -> str:
    return _fault(condition, RULES[name][1])


# An active admin whom no row of the file demotes or freezes; r is the row of the file, if there is one.
_STAYING_ADMIN = """employee e LEFT JOIN import_row r ON r.import_id = %(import_id)s AND r.key = e.nik
    WHERE e.role = 'admin' AND NOT e.is_frozen AND coalesce(r.facts->>'role', 'admin') = 'admin'
      AND coalesce(r.facts->>'active', 'yes') = 'yes'"""
_EMPLOYEE_RULES = (
    # Of an employee whom an admin marked as the same person (ImportPairs).
    _fault(
        "c.facts->>'nik' <> c.present->>'nik' AND EXISTS (SELECT FROM employee e WHERE e.nik = c.facts->>'nik')",
        _TAKEN_NIK,
    ),
    _rule("employee_handler_has_division", "c.facts->>'role' = 'handler' AND c.facts->>'division' = ''"),
    _rule("employee_only_handlers_are_pic", "c.facts->>'department' <> '' AND c.facts->>'role' <> 'handler'"),
    _rule(
        "employee_department_of_division",
        "c.facts->>'department' <> '' AND c.facts->>'division' <> ''"
        " AND NOT starts_with(c.facts->>'department', (c.facts->>'division') || ' > ')",
    ),
    _rule(
        "employee_not_by_oneself",
        "c.row_id = %(actor_id)s AND (c.facts->>'active' = 'no' OR c.facts->>'role' <> c.present->>'role')",
    ),
    _rule(
        "employee_last_admin_stays",
        "c.row_id IS DISTINCT FROM %(actor_id)s AND c.present->>'role' = 'admin' AND c.present->>'active' = 'yes'"
        " AND (c.facts->>'role' <> 'admin' OR c.facts->>'active' = 'no')"
        f" AND NOT EXISTS (SELECT FROM {_STAYING_ADMIN})",
    ),
)
_ASSET_RULES = (
    _rule(
        "problem_asset_of_kind",
        "c.facts->>'kind' <> c.present->>'kind' AND EXISTS (SELECT FROM problem p WHERE p.asset_id = c.row_id)",
    ),
)
_DIVISION_RULES = (
    _rule("division_parent_is_top", "position(' > ' IN c.facts->>'parent') > 0"),
    _rule(
        "division_helpdesk_is_active",
        "c.facts->>'active' = 'no' AND EXISTS (SELECT FROM division d WHERE d.id = c.row_id AND d.is_helpdesk)",
    ),
)
_RULES = {"employee": _EMPLOYEE_RULES, "division": _DIVISION_RULES, "asset": _ASSET_RULES}

_COMPARE = """
WITH compared AS (
    SELECT r.import_id, r.place, r.number, r.key, r.facts AS given, r.inactive, r.faults, v.id AS row_id, v.version,
           to_jsonb(v) AS present, %(defaults)s::jsonb || coalesce(to_jsonb(v) - '{{{own}}}'::text[], '{{}}') || r.facts
               AS facts,
           count(*) OVER (PARTITION BY r.key) AS amount
    FROM import_row r LEFT JOIN {name}_sheet v ON v.key = r.key
    WHERE r.import_id = %(import_id)s AND (r.non_row = '' OR v.id IS NOT NULL)
), judged AS (
    SELECT c.*, (
        SELECT coalesce(jsonb_object_agg(f.key, jsonb_build_array(c.present->f.key, f.value)), '{{}}')
        FROM jsonb_each(c.given) AS f
        WHERE c.row_id IS NOT NULL AND f.value IS DISTINCT FROM c.present->f.key) AS changes,
        c.faults || {faults} AS all_faults
    FROM compared c
    WHERE c.row_id IS NULL OR c.amount > 1 OR c.faults <> '[]' OR NOT c.present @> c.given
)
INSERT INTO import_change (import_id, place, number, kind, row_name, facts, changes)
SELECT j.import_id, j.place, j.number,
       CASE WHEN j.all_faults <> '[]' THEN 'fault' WHEN j.row_id IS NULL THEN 'create' ELSE 'change' END,
       concat_ws(' ', nullif(j.key, ''), CASE WHEN j.facts->>'name' <> j.key THEN j.facts->>'name' END),
       CASE WHEN j.all_faults <> '[]' THEN jsonb_build_object('faults', j.all_faults, 'key', j.key)
            ELSE j.facts || jsonb_build_object('id', j.row_id, 'version', j.version) END,
       j.changes
FROM judged j
"""
# A row whose parent in the same file is faulty cannot be written either.
_BELOW_FAULTS = """
UPDATE import_change c
SET kind = 'fault', facts = jsonb_build_object('faults', {fault}, 'key', r.key)
FROM import_row r
WHERE c.import_id = %(import_id)s AND r.import_id = c.import_id AND r.place = c.place
  AND c.kind IN ('create', 'change') AND c.facts->>'parent' <> ''
  AND NOT EXISTS (SELECT FROM {name}_sheet v WHERE v.key = c.facts->>'parent')
  AND NOT EXISTS (SELECT FROM import_change a
                  WHERE a.import_id = c.import_id AND a.kind = 'create' AND a.facts->>'parent' = ''
                    AND a.facts->>'name' = c.facts->>'parent')
"""
# A line classified as no row is still compared as a row if it has the key of one.
_NON_ROWS = """
INSERT INTO import_change (import_id, place, number, kind, row_name, facts, changes)
SELECT r.import_id, r.place, r.number, 'non_row',
       left(coalesce(array_to_string(array_remove(r.cells, ''), ' | '), ''), 200),
       jsonb_build_object('non_row', r.non_row, 'last', r.last), '{{}}'
FROM import_row r
WHERE r.import_id = %(import_id)s AND r.non_row <> ''
  AND NOT EXISTS (SELECT FROM {name}_sheet v WHERE v.key = r.key)
"""
_ABSENT = """
INSERT INTO import_change (import_id, place, number, kind, row_name, facts, changes)
SELECT %(import_id)s, 1000000 + row_number() OVER (ORDER BY v.sort, v.id), NULL, 'deactivate', {row_name},
       (to_jsonb(v) - '{{{own}}}'::text[]) || jsonb_build_object('id', v.id, 'active', 'no'),
       '{{"active": ["yes", "no"]}}'
FROM {name}_sheet v
WHERE v.active = 'yes' AND {kept}
  AND NOT EXISTS (SELECT FROM import_row r WHERE r.import_id = %(import_id)s AND r.key = v.key)
"""
# The own account, the last admin and the helpdesk are never deactivated.
_KEPT = {
    "employee": f"""v.id IS DISTINCT FROM %(actor_id)s AND NOT (
        v.id = (SELECT min(e.id) FROM {_STAYING_ADMIN} AND r.key IS NULL)
        AND NOT EXISTS (SELECT FROM {_STAYING_ADMIN} AND (r.key IS NOT NULL OR e.id = %(actor_id)s)))""",
    "division": "NOT EXISTS (SELECT FROM division d WHERE d.id = v.id AND d.is_helpdesk)",
}


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _faults(noun: Noun) -> str:
    key = noun.column(noun.key[-1])
    parts = [_fault("c.amount > 1 AND c.key <> ''", _TWICE, _quoted(key.label), "c.key")]
    for column in noun.columns:
        if column.is_required:
            missing = f"coalesce(c.facts->>'{column.name}', '') = '' AND c.faults = '[]'"
            parts.append(_fault(missing, _MISSING, _quoted(column.label)))
        if column.kind == "reference":
            named = f"'{column.name}' = ANY (c.inactive) AND c.given->'{column.name}' IS DISTINCT FROM"
            condition = f"{named} coalesce(c.present, '{{{{}}}}')->'{column.name}'"
            parts.append(_fault(condition, _INACTIVE, _quoted(column.label), f"c.given->>'{column.name}'"))
    return " || ".join([*parts, *_RULES.get(noun.name, ())]).replace("{{}}", "{}")


def _row_name(noun: Noun) -> str:
    names = {column.name for column in noun.columns}
    return "v.key || ' ' || v.name" if "name" in names and noun.key[-1] != "name" else "v.key"


COMPARE = {noun.name: _COMPARE.format(name=noun.name, own=_OWN, faults=_faults(noun)) for noun in NOUNS}
BELOW_FAULTS = {
    noun.name: _BELOW_FAULTS.format(
        name=noun.name,
        fault=_fault("true", _ABOVE, _quoted(noun.column("parent").label), "c.facts->>'parent'"),
    )
    for noun in NOUNS
    if any(column.of == noun.name for column in noun.columns)
}
NON_ROWS = {noun.name: _NON_ROWS.format(name=noun.name) for noun in NOUNS}
ABSENT = {
    noun.name: _ABSENT.format(
        name=noun.name, own=_OWN, row_name=_row_name(noun), kept=_KEPT.get(noun.name, "true")
    )  # fmt: skip
    for noun in NOUNS
}
ACTIVE = {noun.name: f"SELECT count(*) AS amount FROM {noun.name}_sheet v WHERE v.active = 'yes'" for noun in NOUNS}
