"""Kembalikan: why the problem goes back to the previous holder."""

from sih.forms.fields import ActionForm, text


class ReturnForm(ActionForm):
    reason = text("Alasan", "Tuliskan mengapa kendala ini dikembalikan.")
