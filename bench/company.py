"""The company of the bench: 20,000 stores (docs/architecture.md, Size to plan for), their employees, and 2,000 PICs."""

from dataclasses import dataclass

from sih.dao.query import Query
from sih.domain import pins

STORES_AMOUNT, PICS = 20_000, 2_000
LARGE_STORE, LARGE_SHARE = 2, 20  # number of a store, and of how many problems one is of it: a head office
REPORTERS, ASSETS, HANDLERS = 7, 5, 8  # of each store, store, division
NIK, SUPERVISOR, PIN, PIN_KEY = "900000001", "900000002", "731946", "a key for the PINs of the bench"

STORES = """
INSERT INTO store (code, name, city, time_zone)
SELECT 'T' || lpad(n::text, 5, '0'), 'Toko Nomor ' || n, 'Kota ' || n %% 400, 'Asia/Jakarta'
FROM generate_series(1, %(stores)s) AS n ORDER BY n
"""
DIVISIONS = "INSERT INTO division (name) SELECT 'Bagian ' || n FROM generate_series(1, 14) AS n ORDER BY n"
SUBDIVISIONS = """
INSERT INTO division (name, parent_id)
SELECT 'Seksi ' || n, d.id FROM division d, generate_series(1, 4) AS n WHERE d.name IN ('Bagian 1', 'Bagian 2')
ORDER BY d.id, n
"""
DEPARTMENTS = """
INSERT INTO department (division_id, name)
SELECT d.id, 'Departemen ' || n FROM division d, generate_series(1, 3) AS n
WHERE NOT d.is_helpdesk AND NOT EXISTS (SELECT FROM division sub WHERE sub.parent_id = d.id)
ORDER BY d.id, n
"""
WORDS = """
WITH kinds AS (
    INSERT INTO asset_kind (name)
    SELECT unnest(ARRAY['Mesin kasir', 'Timbangan', 'Pendingin', 'Rak', 'Lampu', 'Kamera', 'Kursi', 'Telepon', 'Pintu'])
)
INSERT INTO category (name) SELECT 'Kategori ' || n FROM generate_series(1, 12) AS n
"""
REPORTERS_OF_STORES = """
INSERT INTO employee (nik, name, role, store_id)
SELECT (100000000 + s.id * 10 + n)::text, 'Pelapor ' || n || ' dari ' || s.code, 'reporter', s.id
FROM store s, generate_series(1, %(reporters)s) AS n ORDER BY s.id, n
"""
ASSETS_OF_STORES = """
INSERT INTO asset (label, kind_id, store_id, serial)
SELECT s.code || '-' || n, 1 + (s.id + n) %% 10, s.id, 'SN' || s.id * 10 + n
FROM store s, generate_series(1, %(assets)s) AS n ORDER BY s.id, n
"""
HANDLERS_OF_DIVISIONS = """
INSERT INTO employee (nik, name, role, store_id, division_id)
SELECT (800000000 + d.id * 100 + n)::text, 'Penanggung ' || n || ' di ' || d.name, 'handler', 1, d.id
FROM division d, generate_series(1, %(handlers)s) AS n
WHERE NOT EXISTS (SELECT FROM division sub WHERE sub.parent_id = d.id)
ORDER BY d.id, n
"""
PICS_OF_DEPARTMENTS = """
INSERT INTO employee (nik, name, role, store_id, division_id, department_id)
SELECT (810000000 + n)::text, 'PIC ' || n, 'handler', 1, m.division_id, m.id
FROM generate_series(1, %(pics)s) AS n
JOIN (SELECT m.*, row_number() OVER (ORDER BY m.id) - 1 AS place, count(*) OVER () AS amount FROM department m) AS m
     ON m.place = n %% m.amount
ORDER BY n
"""
MEASURED = """
INSERT INTO employee (nik, name, role, store_id, division_id, pin_hash)
SELECT %(nik)s, 'Hadi dari Helpdesk', 'handler'::employee_role, 1, id, %(pin_hash)s FROM division WHERE is_helpdesk
UNION ALL
SELECT %(supervisor)s, 'Susi', 'supervisor', 1, NULL, %(pin_hash)s
"""
FOUND = """
SELECT array_agg(e.id ORDER BY e.id) FILTER (WHERE d.is_helpdesk) AS helpdesk,
       array_agg(e.id ORDER BY e.id) FILTER (WHERE NOT d.is_helpdesk) AS handlers,
       array_agg(e.division_id ORDER BY e.id) FILTER (WHERE NOT d.is_helpdesk) AS divisions,
       array_agg(e.department_id ORDER BY e.id) FILTER (WHERE NOT d.is_helpdesk) AS departments
FROM employee e JOIN division d ON d.id = e.division_id
WHERE e.role = 'handler'
"""


@dataclass(frozen=True)
class Handlers:
    """The numbers of the helpdesk's handlers; of all others, each with the division, of a PIC with the department."""

    helpdesk: list[int]
    handlers: list[int]
    divisions: list[int]
    departments: list[int | None]


def fill(query: Query) -> Handlers:
    """Into an empty schema."""
    amounts = {"stores": STORES_AMOUNT, "reporters": REPORTERS, "assets": ASSETS, "handlers": HANDLERS, "pics": PICS}
    people = (HANDLERS_OF_DIVISIONS, PICS_OF_DEPARTMENTS)
    for statement in (STORES, REPORTERS_OF_STORES, DIVISIONS, SUBDIVISIONS, DEPARTMENTS, *people):
        query.execute(statement, amounts)
    query.execute(WORDS)
    query.execute(ASSETS_OF_STORES, amounts)
    query.execute(MEASURED, {"nik": NIK, "supervisor": SUPERVISOR, "pin_hash": pins.hash_pin(PIN, PIN_KEY)})
    return query.one(FOUND, None, Handlers)
