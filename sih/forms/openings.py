"""Buka Kendala: the problem has to be identified before it is opened (docs/paper.md, R4)."""

from collections.abc import Sequence

from wtforms import StringField

from sih.domain.records import Choice
from sih.domain.text import clean
from sih.domain.vocabulary import PRIORITIES
from sih.forms.fields import ActionForm, Select, text


class OpeningForm(ActionForm):
    diagnosis = text("Diagnosis", "Tuliskan apa yang menjadi masalahnya.")
    category_id = Select("Kategori", "Pilih kategori kendala ini.")
    priority = Select("Prioritas", "Pilih prioritas kendala ini.", coerce=str)
    step = StringField(filters=[clean])

    def offer(self, categories: Sequence[Choice]) -> "OpeningForm":
        self.categories = categories
        self.category_id.offer((category.id, category.name) for category in categories)
        self.priority.offer(PRIORITIES.items())
        self.usual = {category.id: category.usual for category in categories if category.usual}
        return self

    def propose(self) -> None:
        """Preselects the usual priority of the chosen category, unless the user has chosen one."""
        if self.priority.data is None:
            self.priority.data = self.usual.get(self.category_id.data)

    @property
    def usual_division_id(self) -> int | None:
        """The usual division of the chosen category."""
        return next((one.parent_id for one in self.categories if one.id == self.category_id.data), None)

    @property
    def identification(self) -> dict:
        """category_id, priority and diagnosis."""
        return {name: self[name].data for name in ("category_id", "priority", "diagnosis")}
