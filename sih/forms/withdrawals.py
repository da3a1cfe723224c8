"""Tarik Laporan: why the reporter takes the report back."""

from sih.forms.fields import ActionForm, text


class WithdrawalForm(ActionForm):
    reason = text("Alasan", "Tuliskan mengapa laporan ini ditarik.")
