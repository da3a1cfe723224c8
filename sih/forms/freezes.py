"""Bekukan and Aktifkan: why; and, of a handler, what becomes of the problems that wait at that person."""

from sih.domain.records import Choice
from sih.forms.fields import ActionForm, Select, text

STAY, DIVISION = "stay", "division"


class UnfreezeForm(ActionForm):
    reason = text("Alasan", "Tuliskan alasan perubahan ini.", 500)


class FreezeForm(UnfreezeForm):
    handover = Select("Kendala pada orang ini", "Pilih ke mana kendala itu dialihkan.", coerce=str)

    def offer(self, amount: int, pics: list[Choice]) -> "FreezeForm":
        """Of somebody at whom nothing waits it is not asked."""
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
        """The division and the number of the colleague who was chosen, if one was."""
        chosen = self.pics.get(self.handover.data)
        return (chosen.parent_id, chosen.id) if chosen and chosen.parent_id else None

    @property
    def hands_on(self) -> bool:
        return "handover" in self and self.handover.data != STAY
