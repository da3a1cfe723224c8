"""How rows of master data are written: many at once, as JSON, in the words of their sheets (the views of
sql/schema.sql). A form writes one, a file thousands, through the same statements. A row that names what does not exist
is not written, and a changed row only if it has the version that was shown: the caller counts."""

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
