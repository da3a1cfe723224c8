"""The form of each noun of master data, built from its columns (sih/masters)."""

from wtforms import StringField, TextAreaField
from wtforms.widgets import DateInput

from sih.domain.text import clean
from sih.forms.fields import ActionForm, Select, at_most
from sih.masters import BY_NAME, Column, Inactive, Noun, parse
from sih.masters.columns import Find
from sih.masters.rules import message_for
from sih.sheets import Fault


class MasterForm(ActionForm):
    """`present`: the stored row; None in the form for a new row."""

    noun: Noun
    present: dict | None = None

    def offer(self, keys: dict[str, list[str]]) -> "MasterForm":
        """Sets the options of the select fields and returns the form. `keys`: the keys of the active rows of each noun
        that a select refers to. The stored value stays an option even if its row is inactive."""
        for column in self.columns:
            field = self[column.name]
            if column.kind == "choice":
                field.offer([(kept, words[0]) for kept, words in column.words.items()])
            elif isinstance(field, Select):
                own = self.present[column.name] if self.present else ""
                field.offer([(key, key) for key in sorted({*keys[column.of], own} - {""})])
        return self

    @property
    def columns(self) -> list[Column]:
        return [column for column in self.noun.columns if column.is_in_form]

    def facts(self, find: Find) -> dict[str, str] | None:
        """The values to store by column name; None if a field is invalid, which then has an error."""
        found = {}
        for column in self.columns:
            if not self.asks_for(column):
                found[column.name] = self._unasked(column)
                continue
            fact = self._parse(column, find)
            self[column.name].errors = [fact] if isinstance(fact, Fault) else []
            if not isinstance(fact, Fault):
                found[column.name] = fact
        return None if self.errors else found

    def asks_for(self, column: Column) -> bool:
        """Whether the selected role has this column."""
        return column.of_role in ("", self["role"].data if column.of_role else "")

    def _unasked(self, column: Column) -> str:
        """The value of a column that the form does not ask for: the stored one while the role stays the same, because
        an import may have set a division for somebody who is not a handler; otherwise empty."""
        before = self.present
        return before[column.name] if before and before.get("role") == self["role"].data else ""

    def refuse(self, constraint: str) -> bool:
        """Sets an error beside the field that violated this constraint. Returns False if no input can violate it."""
        rule = message_for(constraint, self.noun)
        if rule:
            column, sentence = rule
            self[column if column in self else self.noun.key[-1]].errors = [sentence]
        return rule is not None

    def _parse(self, column: Column, find: Find) -> str | Fault:
        fact = parse(column, clean(self[column.name].data), find)
        is_new = self.present is None or self.present[column.name] != fact
        if isinstance(fact, Inactive) and is_new:
            return Fault("%(text)s sudah tidak aktif.", {"text": str(fact)})
        return fact


def form_of(noun: Noun) -> type[MasterForm]:
    fields = {column.name: _field(column) for column in noun.columns if column.is_in_form}
    return type(f"{noun.name.title()}Form", (MasterForm,), {"noun": noun, **fields})


def is_typed(column: Column) -> bool:
    """Whether the form has a text field for this reference, because the rows are too many for a select."""
    return column.kind == "reference" and BY_NAME[column.of].is_long


def _field(column: Column):
    if column.kind == "choice" or (column.kind == "reference" and not is_typed(column)):
        return Select(column.label, "", coerce=str, default=column.default)
    more = {"widget": DateInput()} if column.kind == "date" else {}
    # parse() checks the length; the validator is here because the character counter takes its limit from it.
    bound = [] if column.kind == "date" else [at_most(column.length)]
    kind = TextAreaField if column.kind == "words" else StringField
    return kind(column.label, filters=[clean], validators=bound, default=column.default, **more)


FORMS = {noun.name: form_of(noun) for noun in BY_NAME.values()}
