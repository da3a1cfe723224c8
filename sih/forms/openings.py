"""Buka Kendala: the problem has to be identified before it is opened (docs/paper.md, R4)."""

from collections.abc import Sequence

from sih.domain.records import Choice
from sih.domain.vocabulary import PRIORITIES
from sih.forms.fields import ActionForm, Select, text


class OpeningForm(ActionForm):
    category_id = Select("Kategori", "Pilih kategori kendala ini.")
    priority = Select("Prioritas", "Pilih prioritas kendala ini.", coerce=str)
    diagnosis = text("Diagnosis", "Tuliskan apa yang menjadi masalahnya.")

    def offer(self, categories: Sequence[Choice]) -> "OpeningForm":
        self.category_id.offer((category.id, category.name) for category in categories)
        self.priority.offer(PRIORITIES.items())
        self.usual = {category.id: category.usual for category in categories if category.usual}
        return self
