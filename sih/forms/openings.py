"""Buka Kendala: opening demands the identification (docs/paper.md, R4)."""

from sih.domain.records import Choice
from sih.forms.fields import ActionForm, Select, text

PRIORITIES = (("critical", "Kritis"), ("high", "Tinggi"), ("medium", "Sedang"), ("low", "Rendah"))


class OpeningForm(ActionForm):
    category_id = Select("Kategori", "Pilih kategori kendala ini.")
    priority = Select("Prioritas", "Pilih prioritas kendala ini.", coerce=str)
    diagnosis = text("Diagnosis", "Tuliskan apa yang menjadi masalahnya.")

    def offer(self, categories: list[Choice]) -> "OpeningForm":
        self.category_id.offer((category.id, category.name) for category in categories)
        self.priority.offer(PRIORITIES)
        self.usual = {category.id: category.usual for category in categories if category.usual}
        return self
