"""The part of their own account that employees may change: the e-mail."""

from wtforms import EmailField, Form
from wtforms.validators import StopValidation

from sih.domain.text import clean
from sih.forms.fields import ActionForm, at_most, plain
from sih.masters.emails import is_email


def email_or_empty(form: Form, field) -> None:
    """Accepts an empty e-mail, but not a submission without the field."""
    if not field.raw_data or (field.data and not is_email(field.data)):
        raise StopValidation("Alamat e-mail ini tidak benar.")


class EmailForm(ActionForm):
    email = EmailField("E-mail", filters=[clean], validators=[plain, at_most(200), email_or_empty])
