"""Buka Lagi: why it is not solved after all."""

from sih.forms.fields import ActionForm, text


class ReopeningForm(ActionForm):
    reason = text("Alasan", "Tuliskan mengapa kendala ini belum beres.")
