"""Whether a pin_key is that of the PINs in this database, and the way on where it is lost: everybody's PIN is taken."""

from sih.dao.query import Query

CHECK = "SELECT i.pin_key_check FROM installation i"
# Where there is no PIN and no code yet, none can be of another key.
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
    """`check` is what sih/domain/pins.py, key_check, makes of a key."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def is_other(self, check: str) -> bool:
        """Whether the PINs are known to be of another key. The first key that is asked for is theirs where there is no
        PIN; an installation older than this check learns it at its first sign-in (dao/sessions.py)."""
        known = self._query.one(CHECK)["pin_key_check"]
        if known is None:
            self._query.execute(LEARN, {"check": check})
        return known not in (None, check)

    def know(self, check: str) -> None:
        """The PINs are of this key."""
        self._query.execute(KNOW, {"check": check})

    def reset_all(self, check: str) -> int:
        """Takes every PIN and every code away and ends every session; from now on PINs are of this key. Gives how many
        had one. Within a transaction that is signed."""
        self._query.select(ALLOW_LONG)
        amount = self._query.execute(TAKE_PINS)
        self._query.execute(TAKE_CODES)
        self.know(check)
        return amount

    def admins(self) -> list[dict]:
        """Who can sign in first, and make codes for the others: nik, name."""
        return self._query.select(ADMINS)
