"""Validates an e-mail address: one recipient, as parsed by Python's mail library (RFC 5322)."""

from email.errors import MessageError
from email.headerregistry import Address

from email_validator import EmailNotValidError, validate_email

LONGEST = 200  # same limit as the constraint employee_email_form


def is_email(text: str) -> bool:
    """Makes no DNS query: a company's domain may resolve only inside its network, and its hosts may have no dot."""
    if not text.isascii() or len(text) > LONGEST:
        return False
    try:
        validate_email(text, check_deliverability=False, globally_deliverable=False)
        return Address(addr_spec=text).addr_spec == text
    except (EmailNotValidError, MessageError, ValueError, IndexError):
        return False
