"""Hashes of PINs (Argon2id over an HMAC) and of activation codes (HMAC): a stolen database without the key reveals
neither (docs/architecture.md, Safety)."""

import hashlib
import hmac
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's password storage cheat sheet: m=19 MiB, t=2, p=1; about 100 ms on a small server.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without the look-alikes I, O, 0, 1
CODE_LENGTH = 10


def hash_pin(pin: str, key: str) -> str:
    """The Argon2id hash of a PIN, with a new salt."""
    return _hasher.hash(keyed(pin, key))


def matches(pin_hash: str, pin: str, key: str) -> bool:
    """Whether this is the hash of this PIN under this key; False for a malformed hash."""
    try:
        return _hasher.verify(pin_hash, keyed(pin, key))
    except (VerificationError, InvalidHashError):
        return False


def new_code() -> str:
    """A random activation code, CODE_LENGTH characters of ALPHABET. Only its HMAC is stored."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def sheet_code(salt: str, employee_id: int, key: str) -> str:
    """The code of this person on the activation sheet with this salt. Derived from the key, so that it is the same at
    every call and cannot be computed from the database alone."""
    digest = bytes.fromhex(keyed(f"sheet {salt} {employee_id}", key))
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CODE_LENGTH])


def format_code(code: str) -> str:
    """The code as it is printed: ABCDE-FGHJK."""
    return f"{code[:5]}-{code[5:]}"


def key_check(key: str) -> str:
    """A value that allows checking later whether a key is the same, without revealing it."""
    return keyed("the key of the PINs", key)


def code_hmac(code: str, key: str) -> str:
    """The HMAC of a code, as stored. Case, blanks and dashes do not matter."""
    return keyed("".join(c for c in code.upper() if c.isalnum()), key)


def keyed(text: str, key: str) -> str:
    """HMAC-SHA256 of a text, in hexadecimal."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
