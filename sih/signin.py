"""Signing in (R1): who a NIK belongs to, and whether a PIN opens it, each attempt counted before it is looked at."""

from dataclasses import dataclass
from datetime import datetime

from sih import pins
from sih.dao.employees import Employees
from sih.dao.query import Query
from sih.dao.throttles import ADDRESS, PERSON, Throttles
from sih.errors import Frozen, UnknownNik, WrongCode, WrongPin
from sih.records import Account


@dataclass(frozen=True)
class Visitor:
    """Where an attempt comes from: its address, and the browser if it signed in with this NIK before."""

    address: str
    known_browser: str | None

    def keys(self, nik: str) -> tuple[str, str]:
        """A browser known to a NIK has a count of its own, so nobody can lock a colleague out."""
        person = f"browser:{self.known_browser}:{nik}" if self.known_browser else f"nik:{nik}"
        return person, f"address:{self.address}"


class SignIn:
    def __init__(self, query: Query, pin_key: str, now: datetime) -> None:
        self._employees, self._throttles = Employees(query), Throttles(query)
        self._pin_key, self._now = pin_key, now

    def account(self, nik: str, visitor: Visitor) -> Account:
        """Raises UnknownNik, Frozen, or Throttled after too many unknown NIKs from one address."""
        if not nik:
            raise UnknownNik  # a field left empty is no guess
        _, address = visitor.keys(nik)
        self._throttles.refuse_if_blocked(address, self._now)
        account = self._employees.account(nik)
        if account is None:
            self._throttles.attempt(address, ADDRESS, self._now)
            raise UnknownNik
        if account.is_frozen:
            raise Frozen
        return account

    def with_pin(self, nik: str, pin: str, visitor: Visitor) -> Account:
        """The account that this PIN opens. Raises WrongPin, UnknownNik, Frozen or Throttled."""
        account = self.account(nik, visitor)
        if not pin:
            raise WrongPin
        self._count(nik, visitor)
        if not account.pin_hash or not pins.matches(account.pin_hash, pin, self._pin_key):
            raise WrongPin
        self._forgive(nik, visitor)
        return account

    def with_code(self, nik: str, code: str, new_pin: str, visitor: Visitor) -> Account:
        """Trades an activation code for a PIN. Raises WrongCode, Frozen or Throttled."""
        self._count(nik, visitor)
        code_hmac, pin_hash = pins.code_hmac(code, self._pin_key), pins.hash_pin(new_pin, self._pin_key)
        if not self._employees.activate(nik, code_hmac, pin_hash, self._now):
            raise WrongCode
        self._forgive(nik, visitor)
        return self._employees.account(nik)

    def _count(self, nik: str, visitor: Visitor) -> None:
        person, address = visitor.keys(nik)
        self._throttles.attempt(person, PERSON, self._now)
        self._throttles.attempt(address, ADDRESS, self._now)

    def _forgive(self, nik: str, visitor: Visitor) -> None:
        person, address = visitor.keys(nik)
        self._throttles.forget(person)
        self._throttles.take_back(address)
        self._throttles.sweep(self._now)
