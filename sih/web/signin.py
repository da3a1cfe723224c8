"""Signing in (docs/paper.md, R1): finds the account of a NIK and checks its PIN. Each attempt is counted before the
check, so that concurrent attempts cannot exceed a limit."""

import contextlib
import ipaddress
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime

from sih.dao.employees import Employees
from sih.dao.query import Query
from sih.dao.security_events import SecurityEvents
from sih.dao.throttles import ADDRESS, NAMES, PERSON, SPACED, Throttles
from sih.domain import pins
from sih.domain.errors import Frozen, Refusal, Throttled, UnknownNik, WrongCode, WrongPin
from sih.domain.records import COMMAND_LINE, Account, Origin

# The detail of the security event "failed", by refusal.
WORDS: dict[type[Refusal], str] = {Frozen: "frozen", WrongPin: "pin", WrongCode: "code"}
IPV6_SUBSCRIBER = 64  # bits of the prefix: one subscriber has 2^64 addresses


@dataclass(frozen=True)
class Visitor:
    """The source of an attempt. `known_browser`: the browser's number if it recently signed in with this NIK; `is_new`:
    nobody recently signed in with this browser."""

    address: str
    known_browser: str | None
    is_new: bool = False

    @property
    def network(self) -> str:
        """The unit that address limits count: an IPv4 address (also if mapped to IPv6), or the first 64 bits of
        IPv6."""
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return self.address
        if address.version == 4:
            return str(address)
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), IPV6_SUBSCRIBER), strict=False))


class SignIn:
    """Signing in, with limits per person, per address and for the whole company.

    A browser known to the NIK is exempt from the limits of its address: a store shares one address, and a stranger in
    the same network must not lock out its people."""

    def __init__(
        self, query: Query, pin_key: str, now: datetime, wrong_pins_alarm: int = 0, origin: Origin = COMMAND_LINE
    ) -> None:
        """`wrong_pins_alarm`: the number of wrong PINs in the company in ten minutes that counts as an attack; 0: no
        alarm. `origin`: recorded with the security event of each failure."""
        self._employees, self._throttles = Employees(query), Throttles(query)
        self._pin_key, self._now, self._wrong_pins_alarm = pin_key, now, wrong_pins_alarm
        self._events, self._origin = SecurityEvents(query), origin

    def name(self, nik: str, visitor: Visitor) -> Account:
        """The account of this NIK, for the first step of signing in, which shows its name. Raises UnknownNik, Frozen,
        or Throttled after too many names or failures from one address."""
        with self._noted(nik, visitor):
            if not visitor.known_browser:
                self._throttles.attempt(f"names:{visitor.network}", NAMES, self._now)
            account = self._account(nik, visitor)
            if not visitor.known_browser:
                self._throttles.mark(self._named_key(nik, visitor), self._now)
            return account

    def account(self, nik: str, visitor: Visitor) -> Account:
        """The account of this NIK. Raises UnknownNik, Frozen, or Throttled after too many failures from one address."""
        with self._noted(nik, visitor):
            return self._account(nik, visitor)

    def _account(self, nik: str, visitor: Visitor) -> Account:
        if not visitor.known_browser:
            self._throttles.refuse_if_blocked(f"address:{visitor.network}", self._now)
        account = self._employees.account(nik)
        if account is None:
            self._throttles.attempt(f"address:{visitor.network}", ADDRESS, self._now)
            raise UnknownNik
        if account.is_frozen:
            raise Frozen
        return account

    def with_pin(self, account: Account, pin: str, visitor: Visitor) -> Account:
        """Checks the PIN and returns the account. Raises WrongPin, or Throttled before the PIN is checked."""
        if not pin:
            raise WrongPin
        with self._noted(account.nik, visitor):
            self._check(account, pin, visitor)
        self._forgive(account.nik, visitor)
        return account

    def _check(self, account: Account, pin: str, visitor: Visitor) -> None:
        if visitor.is_new and self._throttles.alarm(self._now, self._wrong_pins_alarm):
            self._throttles.attempt(f"spaced:{visitor.network}", SPACED, self._now)
        self._count(account.nik, visitor)
        if not account.pin_hash or not pins.matches(account.pin_hash, pin, self._pin_key):
            self._throttles.add_wrong_pin(self._now)
            raise WrongPin

    def with_code(self, nik: str, code: str, new_pin: str, visitor: Visitor) -> Account:
        """Sets a new PIN by means of an activation code; returns the account. Raises WrongCode, UnknownNik, Frozen or
        Throttled."""
        with self._noted(nik, visitor):
            self._count(nik, visitor)
            code_hmac, pin_hash = pins.code_hmac(code, self._pin_key), pins.hash_pin(new_pin, self._pin_key)
            if not self._employees.activate(nik, code_hmac, pin_hash, self._now, self._origin):
                raise WrongCode
        self._forgive(nik, visitor)
        account = self._employees.account(nik)
        if account is None:  # deactivated in the meantime
            raise UnknownNik
        return account

    @contextlib.contextmanager
    def _noted(self, nik: str, visitor: Visitor) -> Generator[None]:
        """Records refusals inside as security events, one a minute for each counted key."""
        try:
            yield
        except Throttled as refusal:
            self._note("throttled", refusal.key, nik)
            raise
        except UnknownNik:
            self._note("failed", f"address:{visitor.network}", nik)
            raise
        except (Frozen, WrongPin, WrongCode) as refusal:
            self._note("failed", self._person_key(nik, visitor), nik, WORDS[type(refusal)])
            raise

    def _person_key(self, nik: str, visitor: Visitor) -> str:
        """The key that counts attempts on this NIK. A browser known to the NIK has its own count, so that others cannot
        lock its owner out. Otherwise the NIK is hashed, since it may be a PIN typed into the wrong field."""
        known = visitor.known_browser
        return f"browser:{known}:{nik}" if known else f"nik:{pins.keyed(nik, self._pin_key)}"

    def _named_key(self, nik: str, visitor: Visitor) -> str:
        """The key that marks a name looked up from this network without a sign-in since."""
        return f"named:{visitor.network}:{pins.keyed(nik, self._pin_key)}"

    def _note(self, kind: str, key: str, nik: str, detail: str = "") -> None:
        self._events.count(kind, key, self._now, self._origin, nik=nik, detail=detail)

    def _count(self, nik: str, visitor: Visitor) -> None:
        self._throttles.attempt(self._person_key(nik, visitor), PERSON, self._now)
        if not visitor.known_browser:
            self._throttles.attempt(f"address:{visitor.network}", ADDRESS, self._now)

    def _forgive(self, nik: str, visitor: Visitor) -> None:
        self._throttles.forget(self._person_key(nik, visitor))
        if not visitor.known_browser:
            self._throttles.take_back(f"address:{visitor.network}")
            if self._throttles.forget(self._named_key(nik, visitor)):  # only names that were counted are taken back
                self._throttles.take_back(f"names:{visitor.network}")
        if visitor.is_new:
            self._throttles.forget(f"spaced:{visitor.network}")
        self._throttles.sweep(self._now)
