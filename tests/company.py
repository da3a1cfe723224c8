"""The company of the tests: two stores, a helpdesk, IT with sub-divisions, Umum without, and people with names."""

from sih.dao.query import Query
from sih.domain.records import Employee

PIN = "731946"

STORES = """
INSERT INTO store (code, name, city, time_zone)
VALUES ('T001', 'Kelapa Gading', 'Jakarta', 'Asia/Jakarta'), ('T002', 'Panakkukang', 'Makassar', 'Asia/Makassar')
"""
DIVISIONS = "INSERT INTO division (name) VALUES ('IT'), ('Umum')"
SUBDIVISIONS = """
INSERT INTO division (name, parent_id)
SELECT sub.name, d.id FROM division d, (VALUES ('Jaringan'), ('Aplikasi')) AS sub (name) WHERE d.name = 'IT'
"""
DEPARTMENTS = "INSERT INTO department (division_id, name) SELECT id, 'Kasir' FROM division WHERE name = 'Aplikasi'"
GOODS = """
WITH kind AS (INSERT INTO asset_kind (name) VALUES ('Printer'), ('AC') RETURNING id, name)
INSERT INTO asset (label, kind_id, store_id, serial, is_retired)
SELECT a.label, kind.id, s.id, a.serial, a.is_retired
FROM (VALUES ('T001-PRN-01', 'Printer', 'T001', 'SN1', false), ('T001-PRN-00', 'Printer', 'T001', 'SN0', true),
             ('T002-AC-01', 'AC', 'T002', '', false)) AS a (label, kind, store, serial, is_retired)
JOIN kind ON kind.name = a.kind JOIN store s ON s.code = a.store
"""
CATEGORIES = "INSERT INTO category (name) VALUES ('Perangkat keras'), ('Jaringan')"
READY_TEXTS = """
INSERT INTO ready_text (division_id, name, purpose, words)
SELECT d.id, t.name, t.purpose, t.words
FROM (VALUES ('Helpdesk', 'Sudah diperiksa', 'answer',
              E'Halo {pelapor},\n{inventaris} di {toko} sudah kami cek ({nomor}).'),
             ('Helpdesk', 'Salam', 'answer', 'Terima kasih sudah melapor.'),
             ('Helpdesk', 'Perlu teknisi', 'escalation', '{inventaris} perlu dilihat teknisi.'),
             ('Umum', 'Bukan bagian kami', 'return', 'Ini bukan bagian kami.')) AS t (division, name, purpose, words)
JOIN division d ON d.name = t.division
"""
SLANG = "INSERT INTO slang (name, meaning) VALUES ('cetrek', 'tombol')"
TROUBLES = """
INSERT INTO trouble (kind_id, name)
SELECT k.id, t.name
FROM (VALUES ('Printer', 'Kertas macet'), ('Printer', 'Tidak mencetak'), ('AC', 'Tidak dingin')) AS t (kind, name)
JOIN asset_kind k ON k.name = t.kind
"""
EMPLOYEE = """
INSERT INTO employee (nik, name, role, store_id, division_id, department_id, pin_hash)
SELECT %(nik)s, %(name)s, %(role)s, (SELECT id FROM store WHERE code = %(store)s),
       (SELECT id FROM division WHERE name = %(division)s), (SELECT id FROM department WHERE name = %(department)s),
       %(pin_hash)s
"""
FIND = """
SELECT e.id, e.nik, e.name, e.role, e.store_id, s.code AS store_code, s.name AS store_name, s.time_zone,
       e.division_id, d.name AS division_name, coalesce(d.is_helpdesk, false) AS is_helpdesk, e.department_id,
       e.session_version, e.language, e.theme, e.has_keys, e.default_view_id, e.starts_with_report
FROM employee e JOIN store s ON s.id = e.store_id LEFT JOIN division d ON d.id = e.division_id
"""

# name: NIK, role, store, division, department
PEOPLE = {
    "rini": ("10000001", "reporter", "T001", None, None),  # the reporter
    "koko": ("10000002", "reporter", "T001", None, None),  # a colleague of the same store
    "sari": ("10000003", "reporter", "T002", None, None),  # a stranger
    "hadi": ("20000001", "handler", "T001", "Helpdesk", None),  # a handler of the helpdesk
    "hana": ("20000002", "handler", "T001", "Helpdesk", None),  # and another
    "iwan": ("20000003", "handler", "T001", "Jaringan", None),  # a handler of IT's sub-division
    "gita": ("20000004", "handler", "T002", "Umum", None),  # a handler of a division without sub-divisions
    "pandu": ("20000005", "handler", "T001", "Aplikasi", "Kasir"),  # a PIC
    "putri": ("20000006", "handler", "T001", "Aplikasi", "Kasir"),  # another PIC of the same department
    "susi": ("30000001", "supervisor", "T001", None, None),
    "adi": ("40000001", "admin", "T001", None, None),
}


def fill(query: Query, pin_hash: str) -> None:
    """Into an empty schema."""
    masters = (STORES, DIVISIONS, SUBDIVISIONS, DEPARTMENTS, GOODS, CATEGORIES, READY_TEXTS, SLANG, TROUBLES)
    for statement in masters:
        query.execute(statement)
    for name, (nik, role, store, division, department) in PEOPLE.items():
        facts = {"nik": nik, "name": name.capitalize(), "role": role, "store": store, "division": division}
        query.execute(EMPLOYEE, {**facts, "department": department, "pin_hash": pin_hash})


def people(query: Query) -> dict[str, Employee]:
    """Everybody, by first name in small letters."""
    return {employee.name.lower(): employee for employee in query.select(FIND, record=Employee)}
