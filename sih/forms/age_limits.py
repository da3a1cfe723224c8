"""Batas umur: the hours after which an open problem counts as overdue, a field for each priority."""

from wtforms import Form, StringField
from wtforms.validators import StopValidation

from sih.domain.ages import UNIDENTIFIED
from sih.domain.text import clean
from sih.domain.vocabulary import PRIORITIES
from sih.forms.fields import ActionForm

MOST = 9999  # hours, more than a year
LABELS = {**PRIORITIES, UNIDENTIFIED: "Belum ada prioritas"}


def hours(form: Form, field) -> None:
    text = field.data
    if not (text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= MOST):
        raise StopValidation("Isi jumlah jam, dari 1 sampai 9999.")


class _AgeLimitForm(ActionForm):
    @property
    def hours(self) -> dict[str, int]:
        """Hours by priority. Only for a valid form."""
        return {name: int(self[name].data) for name in LABELS}


_FIELDS = {name: StringField(label, filters=[clean], validators=[hours]) for name, label in LABELS.items()}
AgeLimitForm = type("AgeLimitForm", (_AgeLimitForm,), _FIELDS)
