"""Checks whether pin_key is the key of the stored PINs; after its loss, removes all PINs."""

from sih.dao.query import Query

CHECK = "SELECT i.pin_key_check FROM installation i"
# Without any PIN or code, any key is the right one.
LEARN = """
UPDATE installation SET pin_key_check = %(check)s
WHERE pin_key_check IS NULL
  AND NOT EXISTS (SELECT FROM employee e WHERE e.pin_hash IS NOT NULL) AND NOT EXISTS (SELECT FROM activation)
"""
KNOW = "UPDATE installation SET pin_key_check = %(check)s"
ALLOW_LONG = "SELECT set_config('statement_timeout', '0', true)"
TAKE_PINS = "UPDATE employee SET pin_hash = NULL, session_version = session_version + 1 WHERE pin_hash IS NOT NULL"
TAKE_CODES = "DELETE FROM activation"
ADMINS = "SELECT e.nik, e.name FROM employee e WHERE e.role = 'admin' AND NOT e.is_frozen ORDER BY e.nik"


class PinKeys:
    """`check`: the value of sih/domain/pins.py: key_check for a key."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def is_other(self, check: str) -> bool:
        """Whether the stored PINs were made with another key. In a database without PINs the first checked key is
        recorded as theirs; a database from before this check records it at the first sign-in (dao/sessions.py)."""
        known = self._query.one(CHECK)["pin_key_check"]
        if known is None:
            self._query.execute(LEARN, {"check": check})
        return known not in (None, check)

    def know(self, check: str) -> None:
        """Records the check of the key of the PINs."""
        self._query.execute(KNOW, {"check": check})

    def reset_all(self, check: str) -> int:
        """Removes all PINs and codes, ends all sessions and records the new key. Returns the number of removed PINs.
        Call inside dao/audits.py: signed."""
        self._query.select(ALLOW_LONG)
        amount = self._query.execute(TAKE_PINS)
        self._query.execute(TAKE_CODES)
        self.know(check)
        return amount

    def admins(self) -> list[dict]:
        """The active admins, who get their codes first and issue those of the others: nik, name."""
        return self._query.select(ADMINS)
