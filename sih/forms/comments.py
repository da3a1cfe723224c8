"""Komentar: a comment, which changes neither holder nor status."""

from sih.forms.fields import TokenForm, text


class CommentForm(TokenForm):
    remark = text("Komentar", "Tuliskan komentar Anda.")
