"""Ready texts beside the fields of actions: which ones are offered, and what their buttons do without JavaScript."""

from dataclasses import replace

from flask import request

from sih import web
from sih.domain import policy, ready_texts
from sih.domain.records import ProblemSummary, ReadyText
from sih.domain.vocabulary import PURPOSES


def offered(problem: ProblemSummary | None) -> dict[str, list[ReadyText]]:
    """The texts of the signed-in handler's division by purpose, filled in for this problem. None: for many problems,
    so without those that say something else of each. Empty for everybody else."""
    texts = web.choices().ready_texts(web.me().division_id) if policy.is_handler(web.me()) else []
    if problem is None:
        texts = [text for text in texts if not ready_texts.has_placeholders(text.words)]
    else:
        texts = [replace(text, words=ready_texts.filled(text.words, problem)) for text in texts]
    return {purpose: [text for text in texts if text.purpose == purpose] for purpose in PURPOSES}


def put_into(field, purpose: str, problem: ProblemSummary | None) -> bool:
    """Whether the form was sent by the button of a ready text for this field, so that nothing is done but to show the
    form again: then its words stand in the field, below what was typed. A text that is no longer offered leaves the
    field as it is."""
    name, _, number = request.form.get("ready_text", "").partition(":")
    if name != field.name:
        return False
    words = next((text.words for text in offered(problem)[purpose] if str(text.id) == number), "")
    field.data = "\n".join(filter(None, [field.data, words]))
    return True
