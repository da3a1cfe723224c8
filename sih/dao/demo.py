"""Inserts of the demo company, and the mark that identifies demo data."""

from sih.dao.query import Query

MARK = "UPDATE installation SET has_demo_data = true"
IS_MARKED = "SELECT has_demo_data FROM installation"

STORE = """
INSERT INTO store (code, name, city, time_zone, phone)
VALUES (%(code)s, %(name)s, %(city)s, %(time_zone)s, %(phone)s)
RETURNING id
"""

DIVISION = "INSERT INTO division (name, parent_id) VALUES (%(name)s, %(parent_id)s) RETURNING id"

DEPARTMENT = "INSERT INTO department (division_id, name) VALUES (%(division_id)s, %(name)s) RETURNING id"

EMPLOYEE = """
INSERT INTO employee (nik, name, role, store_id, division_id, department_id, pin_hash, phone)
VALUES (%(nik)s, %(name)s, %(role)s, %(store_id)s, %(division_id)s, %(department_id)s, %(pin_hash)s, %(phone)s)
RETURNING id
"""

CATEGORY = """
INSERT INTO category (name, priority, division_id)
VALUES (%(name)s, %(priority)s, %(division_id)s)
RETURNING id
"""

READY_TEXT = """
INSERT INTO ready_text (division_id, name, purpose, words)
VALUES (%(division_id)s, %(name)s, %(purpose)s, %(words)s)
RETURNING id
"""

ASSET_KIND = "INSERT INTO asset_kind (name) VALUES (%(name)s) RETURNING id"

TROUBLE = "INSERT INTO trouble (kind_id, name) VALUES (%(kind_id)s, %(name)s) RETURNING id"

ASSET = """
INSERT INTO asset (label, kind_id, store_id, serial, is_retired)
VALUES (%(label)s, %(kind_id)s, %(store_id)s, %(serial)s, %(is_retired)s)
RETURNING id
"""


class Demo:
    """Each add_ method inserts one row and returns its id."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def mark(self) -> None:
        """Marks the database as demo data: every page then says "Data contoh"."""
        self._query.execute(MARK)

    def is_marked(self) -> bool:
        return self._query.one(IS_MARKED)["has_demo_data"]

    def add_store(self, facts: dict) -> int:
        return self._add(STORE, facts)

    def add_division(self, name: str, parent_id: int | None = None) -> int:
        return self._add(DIVISION, {"name": name, "parent_id": parent_id})

    def add_department(self, name: str, division_id: int) -> int:
        return self._add(DEPARTMENT, {"name": name, "division_id": division_id})

    def add_employee(self, facts: dict) -> int:
        return self._add(EMPLOYEE, facts)

    def add_category(self, name: str, priority: str, division_id: int | None) -> int:
        """With its usual priority and division."""
        return self._add(CATEGORY, {"name": name, "priority": priority, "division_id": division_id})

    def add_ready_text(self, facts: dict) -> int:
        return self._add(READY_TEXT, facts)

    def add_asset_kind(self, name: str) -> int:
        return self._add(ASSET_KIND, {"name": name})

    def add_trouble(self, name: str, kind_id: int) -> int:
        return self._add(TROUBLE, {"name": name, "kind_id": kind_id})

    def add_asset(self, facts: dict) -> int:
        return self._add(ASSET, facts)

    def _add(self, sql: str, facts: dict) -> int:
        return self._query.one(sql, facts)["id"]
