"""Whether a mail can be sent to an address: one recipient, written as Python's mail library reads it (RFC 5322)."""

from email.errors import MessageError
from email.headerregistry import Address

from email_validator import EmailNotValidError, validate_email

LONGEST = 200  # as the constraint employee_email_form has it


def is_email(text: str) -> bool:
    """Asks no name server: a company's own may be known inside alone, and a host there may have no dot."""
    if not text.isascii() or len(text) > LONGEST:
        return False
    try:
        validate_email(text, check_deliverability=False, globally_deliverable=False)
        return Address(addr_spec=text).addr_spec == text
    except (EmailNotValidError, MessageError, ValueError, IndexError):
        return False
