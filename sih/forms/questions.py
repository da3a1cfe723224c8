"""Tanya pelapor: a question to the reporter."""

from sih.forms.fields import TokenForm, text


class QuestionForm(TokenForm):
    question = text("Pertanyaan", "Tuliskan pertanyaan Anda.")
