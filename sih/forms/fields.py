"""Fields shared by all forms. Messages are Indonesian; the page translates them."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from sih.domain.text import clean, clean_lines, is_plain
from sih.sheets import Fault

EMPTY = "Harap isi form dengan benar!"  # docs/paper.md, test 6


def required(message: str) -> Callable:
    """Requires an entry; `message` is the error of the field."""

    def check(form: Form, field) -> None:
        if not field.data:
            field.is_missing = True
            raise StopValidation(message)

    return check


def plain(form: Form, field) -> None:
    if field.data and not is_plain(field.data):
        raise StopValidation("Teks ini berisi karakter yang tidak dapat disimpan.")


class AtMost:
    """Maximum length in characters; WTForms adds `field_flags` to the field as attributes."""

    def __init__(self, length: int) -> None:
        self._length, self.field_flags = length, {"maxlength": length}

    def __call__(self, form: Form, field) -> None:
        if len(field.data) > self._length:
            facts = {"limit": str(self._length), "over": str(len(field.data) - self._length)}
            raise StopValidation(Fault("Paling banyak %(limit)s karakter; ini kelebihan %(over)s.", facts))


at_most = AtMost


def refuse(field, sentence: str) -> None:
    """Adds an error to a field after the form was validated."""
    field.errors = [sentence]


def line(label: str, missing: str, length: int, needed: Callable = required) -> StringField:
    """A line of text, required or as `needed` says."""
    return StringField(label, filters=[clean], validators=[needed(missing), plain, at_most(length)])


def text(label: str, missing: str, length: int = 5000, needed: Callable = required) -> TextAreaField:
    """A text of several lines, required or as `needed` says."""
    return TextAreaField(label, filters=[clean_lines], validators=[needed(missing), plain, at_most(length)])


def required_without(*others: str) -> Callable:
    """Like required(), unless one of these fields of the form has an entry."""

    def needed(message: str) -> Callable:
        def check(form: Form, field) -> None:
            if not field.data and not any(form[name].data for name in others):
                field.is_missing = True
                raise StopValidation(message)

        return check

    return needed


class Select(SelectField):
    """A select whose first option is empty, with its own message for a value that is not an option."""

    data: Any  # the chosen value after `coerce`; None if there is none

    def __init__(self, label: str, missing: str = "", coerce: Callable = int, **more) -> None:
        """Without `missing` the field may stay empty."""
        checks = [required(missing)] if missing else []
        super().__init__(label, choices={}, coerce=_or_none(coerce), validators=checks, **more)

    def offer(self, choices: Iterable[tuple] | dict[str, list[tuple]]) -> None:
        """Sets the options: (value, text) pairs, or {group: pairs}."""
        # Dicts, since WTForms deprecates pairs.
        is_grouped = isinstance(choices, dict)
        self.choices = {group: dict(pairs) for group, pairs in choices.items()} if is_grouped else dict(choices)

    @property
    def words(self) -> str | None:
        """The words of the chosen option; None if there is none."""
        return next((choice.label for choice in self.iter_choices() if choice.selected), None)

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
    """A form with an alert above its fields if any of them is invalid."""

    @property
    def alert(self) -> str | None:
        return EMPTY if self.errors else None


class TokenForm(ActionForm):
    """A form with an idempotency token: submitted twice, it takes effect once."""

    token = HiddenField()

    def ensure_token(self) -> UUID:
        """The token that was submitted; a new one if it is missing or invalid."""
        try:
            token = UUID(self.token.data or "")
        except ValueError:
            token = uuid4()
        self.token.data = str(token)
        return token

    def renew_token(self) -> None:
        """Makes the next submission of this form a new action."""
        self.token.data = str(uuid4())
