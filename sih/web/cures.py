"""How it was mended last time: the likest closed problems beside an open one, for those who see all problems."""

from dataclasses import replace

from flask import request

from sih import web
from sih.dao.likeness import Likeness
from sih.domain import ages, policy
from sih.domain.records import Cure, Problem
from sih.web.i18n import language


def offered(problem: Problem) -> list[Cure]:
    if problem.status == "closed" or not policy.sees_all(web.me()):
        return []
    cures = Likeness(web.query()).cures(web.me(), problem)
    return [replace(cure, took=ages.lasted(cure.reported_at, cure.closed_at, language())) for cure in cures]


def put_into(field, problem: Problem) -> bool:
    """Whether the form was sent by the button of a cure for this field, so that nothing is done but to show the form
    again: then the words of the cure stand in the field, below what was typed."""
    name, _, number = request.form.get("cure", "").partition(":")
    if name != field.name:
        return False
    words = next((getattr(cure, name) for cure in offered(problem) if str(cure.id) == number), "")
    field.data = "\n".join(filter(None, [field.data, words]))
    return True
