"""Signing in (docs/paper.md, R1): who a NIK belongs to, and whether a PIN opens it; each attempt is counted first."""

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

# Of what failed, in the security events.
WORDS: dict[type[Refusal], str] = {Frozen: "frozen", WrongPin: "pin", WrongCode: "code"}
IPV6_SUBSCRIBER = 64  # bits; what one subscriber is given holds 2^64 addresses


@dataclass(frozen=True)
class Visitor:
    """Where an attempt comes from: its address, the browser if it signed in with this NIK before, and whether it is
    one that never signed in with any."""

    address: str
    known_browser: str | None
    is_new: bool = False

    @property
    def network(self) -> str:
        """What counts as one address: of IPv6 the first 64 bits; an IPv4 address written as IPv6 is that address."""
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
    """A browser that knows the NIK neither waits for its address nor counts towards it: an address is a shop, and
    whoever is behind it should not lock out the people who work there."""

    def __init__(
        self, query: Query, pin_key: str, now: datetime, wrong_pins_alarm: int = 0, origin: Origin = COMMAND_LINE
    ) -> None:
        """What fails is a security event. `wrong_pins_alarm`: how many wrong PINs of the company in ten minutes are an
        attack; 0: none are."""
        self._employees, self._throttles = Employees(query), Throttles(query)
        self._pin_key, self._now, self._wrong_pins_alarm = pin_key, now, wrong_pins_alarm
        self._events, self._origin = SecurityEvents(query), origin

    def name(self, nik: str, visitor: Visitor) -> Account:
        """Who this NIK belongs to, to be shown before the PIN is asked for. Raises UnknownNik, Frozen, or
        Throttled after too many from one address."""
        with self._noted(nik, visitor):
            if not visitor.known_browser:
                self._throttles.attempt(f"names:{visitor.network}", NAMES, self._now)
            account = self._account(nik, visitor)
            if not visitor.known_browser:
                self._throttles.mark(self._named_key(nik, visitor), self._now)
            return account

    def account(self, nik: str, visitor: Visitor) -> Account:
        """Who this NIK belongs to. Raises UnknownNik, Frozen, or Throttled after too many failures from one address."""
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
        """This account, opened by this PIN. Raises WrongPin, or Throttled before the PIN is looked at."""
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
        """Trades an activation code for a PIN. Raises WrongCode, Frozen or Throttled."""
        with self._noted(nik, visitor):
            self._count(nik, visitor)
            code_hmac, pin_hash = pins.code_hmac(code, self._pin_key), pins.hash_pin(new_pin, self._pin_key)
            if not self._employees.activate(nik, code_hmac, pin_hash, self._now, self._origin):
                raise WrongCode
        self._forgive(nik, visitor)
        account = self._employees.account(nik)
        if account is None:  # deactivated since
            raise UnknownNik
        return account

    @contextlib.contextmanager
    def _noted(self, nik: str, visitor: Visitor) -> Generator[None]:
        """What is refused inside is a security event, one a minute for each key that is counted."""
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
        """A browser known to a NIK has a count of its own, so nobody can lock a colleague out. What nobody vouches for
        may be a PIN that was typed into the wrong field, and is not kept as it is."""
        known = visitor.known_browser
        return f"browser:{known}:{nik}" if known else f"nik:{pins.keyed(nik, self._pin_key)}"

    def _named_key(self, nik: str, visitor: Visitor) -> str:
        """That this name was looked up from here and nobody has signed in with it since."""
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
            if self._throttles.forget(self._named_key(nik, visitor)):  # else it was none of the names that were counted
                self._throttles.take_back(f"names:{visitor.network}")
        if visitor.is_new:
            self._throttles.forget(f"spaced:{visitor.network}")
        self._throttles.sweep(self._now)
