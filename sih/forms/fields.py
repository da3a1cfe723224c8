"""Fields of every form. Messages are Indonesian and are translated where they are shown."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from sih.domain.text import clean, is_plain

EMPTY = "Harap isi form dengan benar!"  # docs/paper.md, test 6


def required(message: str) -> Callable:
    """The field's own sentence when nothing was entered."""

    def check(form: Form, field) -> None:
        if not field.data:
            field.is_missing = True
            raise StopValidation(message)

    return check


def plain(form: Form, field) -> None:
    if field.data and not is_plain(field.data):
        raise StopValidation("Teks ini berisi karakter yang tidak dapat disimpan.")


class AtMost:
    """So many letters; WTForms gives `field_flags` to the field as attributes."""

    def __init__(self, length: int) -> None:
        self._length, self.field_flags = length, {"maxlength": length}

    def __call__(self, form: Form, field) -> None:
        if len(field.data) > self._length:
            raise StopValidation("Teks ini terlalu panjang.")


at_most = AtMost


def refuse(field, sentence: str) -> None:
    """Says beside a field of a validated form what is wrong with it after all."""
    field.errors = [sentence]


def line(label: str, missing: str, length: int) -> StringField:
    """A required line of text."""
    return StringField(label, filters=[clean], validators=[required(missing), plain, at_most(length)])


def text(label: str, missing: str, length: int = 5000) -> TextAreaField:
    """A required text of several lines."""
    return TextAreaField(label, filters=[clean], validators=[required(missing), plain, at_most(length)])


class Select(SelectField):
    """A select whose first option is empty, with a sentence of its own for a value that is not offered."""

    data: Any  # what `coerce` makes of the value that was chosen; None if there is none

    def __init__(self, label: str, missing: str, coerce: Callable = int, **more) -> None:
        super().__init__(label, choices={}, coerce=_or_none(coerce), validators=[required(missing)], **more)

    def offer(self, choices: Iterable[tuple] | dict[str, list[tuple[str, str]]]) -> None:
        """Sets the options: (value, text) pairs, or {group: pairs}."""
        # As dicts, since WTForms deprecates pairs.
        is_grouped = isinstance(choices, dict)
        self.choices = {group: dict(pairs) for group, pairs in choices.items()} if is_grouped else dict(choices)

    def pre_validate(self, form: Form) -> None:
        if self.data is not None and not any(choice.selected for choice in self.iter_choices()):
            raise StopValidation("Pilihan ini tidak tersedia.")


def _or_none(coerce: Callable) -> Callable:
    def convert(value):
        try:
            return coerce(value) if value not in (None, "") else None
        except ValueError:
            return None

    return convert


class ActionForm(Form):
    """A form whose alert stands above the fields as soon as one of them is wrong."""

    @property
    def alert(self) -> str | None:
        return EMPTY if self.errors else None


class TokenForm(ActionForm):
    """A form with a token of its own: sent twice, it does its work once."""

    token = HiddenField()

    def ensure_token(self) -> UUID:
        """The token of this form; a new one where none came, or none that is one."""
        try:
            token = UUID(self.token.data or "")
        except ValueError:
            token = uuid4()
        self.token.data = str(token)
        return token

    def renew_token(self) -> None:
        """What is sent next from this form is something new."""
        self.token.data = str(uuid4())
