"""Fields of every form. Messages are Indonesian and are translated where they are shown."""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from uuid import UUID, uuid4

from wtforms import Form, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

UNKNOWN = "\ufffd"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
EMPTY = "Harap isi form dengan benar!"  # test 6 of the paper
MOST_MARKS, JOINER = 30, "\u034f"  # of the Stream-Safe Text Format, UAX #15


def clean(text: str | None) -> str:
    """One way to write the same text: NFC, lines ending in LF, nothing invisible around it. What neither PostgreSQL
    nor a page can hold (NUL and other controls, half a surrogate pair) becomes the sign for it. Takes time in
    proportion to the text, whatever is in it."""
    text = unicodedata.normalize("NFC", _stream_safe(text or "")).replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(UNKNOWN if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return text.strip().strip(INVISIBLE).strip()


def _stream_safe(text: str) -> str:
    """NFC sorts the marks on one letter with a square of their number; no language puts 30 on one, so a joiner, which
    nobody sees, divides a longer run (UAX #15, Stream-Safe Text Process)."""
    if text.isascii():
        return text
    parts, marks = [], 0
    for c in text:
        leading, trailing, is_mark = _marks(c)
        if marks + leading > MOST_MARKS:
            parts.append(JOINER)
            marks = 0
        marks = marks + leading if is_mark else trailing
        parts.append(c)
    return "".join(parts)


@lru_cache(10_000)
def _marks(c: str) -> tuple[int, int, bool]:
    """How many marks a character begins and ends with when NFC takes it apart, and whether it is nothing else: some are
    two marks, though their own class says that they are none."""
    are_marks = [unicodedata.combining(part) > 0 for part in unicodedata.normalize("NFKD", c)]
    if all(are_marks):
        return len(are_marks), len(are_marks), True
    return are_marks.index(False), are_marks[::-1].index(False), False


def is_plain(text: str) -> bool:
    """Whether every character of a cleaned text can be kept."""
    return UNKNOWN not in text


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


def at_most(length: int) -> Callable:
    def check(form: Form, field) -> None:
        if len(field.data) > length:
            raise StopValidation("Teks ini terlalu panjang.")

    check.field_flags = {"maxlength": length}
    return check


def line(label: str, missing: str, length: int) -> StringField:
    """A required line of text."""
    return StringField(label, filters=[clean], validators=[required(missing), plain, at_most(length)])


def text(label: str, missing: str, length: int = 5000) -> TextAreaField:
    """A required text of several lines."""
    return TextAreaField(label, filters=[clean], validators=[required(missing), plain, at_most(length)])


class Select(SelectField):
    """A select whose first option is empty, with a sentence of its own for a value that is not offered."""

    def __init__(self, label: str, missing: str, coerce: Callable = int, **more) -> None:
        super().__init__(label, choices=[], coerce=_or_none(coerce), validators=[required(missing)], **more)

    def offer(self, choices: Iterable[tuple]) -> None:
        """Sets the (value, text) pairs; or {group: pairs}."""
        self.choices = choices if isinstance(choices, dict) else list(choices)

    def pre_validate(self, form: Form) -> None:
        if self.data is not None and not any(selected for _, _, selected, *_ in self.all_choices()):
            raise StopValidation("Pilihan ini tidak tersedia.")

    def all_choices(self):
        if isinstance(self.choices, dict):
            return [choice for group in self.iter_groups() for choice in group[1]]
        return self.iter_choices()


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
