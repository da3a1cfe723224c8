"""Buka Lagi: why the problem is not solved."""

from sih.forms.fields import ActionForm, text


class ReopeningForm(ActionForm):
    reason = text("Alasan", "Tuliskan mengapa kendala ini belum beres.")
