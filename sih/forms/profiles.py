"""What one may change of the own account: the e-mail."""

import re

from wtforms import EmailField, Form
from wtforms.validators import StopValidation

from sih.forms.fields import ActionForm, at_most, clean, plain


def email_or_empty(form: Form, field) -> None:
    """As the constraint employee_email_form has it. What is not printable would be unseen, and be a space to
    PostgreSQL; a field that was not sent is not an empty one."""
    is_email = field.data.isprintable() and re.fullmatch(r"[^@\s]+@[^@\s]+", field.data)
    if not field.raw_data or (field.data and not is_email):
        raise StopValidation("Alamat e-mail ini tidak benar.")


class EmailForm(ActionForm):
    email = EmailField("E-mail", filters=[clean], validators=[plain, at_most(200), email_or_empty])
