"""Komentar: a comment or an internal note, which changes neither holder nor status."""

from wtforms import BooleanField

from sih.forms.fields import TokenForm, text


class CommentForm(TokenForm):
    remark = text("Komentar", "Tuliskan komentar Anda.")
    internal = BooleanField("Catatan internal")
