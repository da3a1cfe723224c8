"""PINs and activation codes: Argon2id over an HMAC, so that a stolen database alone opens neither
(docs/architecture.md, Safety)."""

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
    """The Argon2id hash of a PIN, with a salt of its own."""
    return _hasher.hash(keyed(pin, key))


def matches(pin_hash: str, pin: str, key: str) -> bool:
    try:
        return _hasher.verify(pin_hash, keyed(pin, key))
    except (VerificationError, InvalidHashError):
        return False


def new_code() -> str:
    """An activation code to be handed to a person, shown once."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def sheet_code(salt: str, employee_id: int, key: str) -> str:
    """This person's code on the activation sheets of this salt: the same whenever it is asked for, and of no use to who
    has the database without the key."""
    digest = bytes.fromhex(keyed(f"sheet {salt} {employee_id}", key))
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CODE_LENGTH])


def format_code(code: str) -> str:
    """As it is printed."""
    return f"{code[:5]}-{code[5:]}"


def key_check(key: str) -> str:
    """What shows later whether a key is the same one, and nothing else of it."""
    return keyed("the key of the PINs", key)


def code_hmac(code: str, key: str) -> str:
    """What is kept of a code; written in any case, with blanks or dashes, it is the same code."""
    return keyed("".join(c for c in code.upper() if c.isalnum()), key)


def keyed(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
