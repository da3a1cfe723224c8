"""Kembalikan: why it goes back to whoever handed it over."""

from sih.forms.fields import ActionForm, text


class ReturnForm(ActionForm):
    reason = text("Alasan", "Tuliskan mengapa kendala ini dikembalikan.")
