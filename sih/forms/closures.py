"""Tutup Kendala: the solution of the problem (docs/paper.md, R5)."""

from sih.forms.fields import ActionForm, text


class ClosureForm(ActionForm):
    solution = text("Solusi", "Tuliskan bagaimana kendala ini ditangani.")
