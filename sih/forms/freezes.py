"""Bekukan and Aktifkan: the reason; and, for a handler, the new holder of the open problems."""

from sih.domain.records import Choice
from sih.forms.fields import ActionForm, Select, text

STAY, DIVISION = "stay", "division"


class UnfreezeForm(ActionForm):
    reason = text("Alasan", "Tuliskan alasan perubahan ini.", 500)


class FreezeForm(UnfreezeForm):
    handover = Select("Kendala pada orang ini", "Pilih ke mana kendala itu dialihkan.", coerce=str)

    def offer(self, amount: int, pics: list[Choice]) -> "FreezeForm":
        """`amount`: open problems that this person holds; without any, the form does not ask where they go."""
        self.pics = {f"pic:{pic.id}": pic for pic in pics}
        if not amount:
            del self.handover
            return self
        colleagues = [(value, f"{pic.name} ({pic.load})") for value, pic in self.pics.items()]
        self.handover.offer(
            [(DIVISION, "Kembali ke divisinya"), *colleagues, (STAY, "Dibiarkan; helpdesk dapat menanganinya")]
        )
        return self

    @property
    def pic(self) -> tuple[int, int] | None:
        """(division id, employee id) of the chosen colleague; None if none was chosen."""
        chosen = self.pics.get(self.handover.data)
        return (chosen.parent_id, chosen.id) if chosen and chosen.parent_id else None

    @property
    def hands_on(self) -> bool:
        return "handover" in self and self.handover.data != STAY
