"""Komentar: a remark that moves nothing."""

from sih.forms.fields import TokenForm, text


class CommentForm(TokenForm):
    remark = text("Komentar", "Tuliskan komentar Anda.")
