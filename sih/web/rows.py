"""The rows of a list of problems: one source for a page of the list, for a refresh of a row, and for other lists."""

import functools
from collections.abc import Sequence

from flask import get_template_attribute, request
from markupsafe import Markup

from sih import web
from sih.domain import ages, policy, standings
from sih.domain.ages import Ages
from sih.domain.records import ProblemSummary
from sih.web.i18n import language, zone_name

ROWS_KEPT = 2000  # cached rows of a process, about 1 kB each


class Rows(list[Markup]):
    """Rows as HTML, and which of the optional columns they have: ticks to choose several, and buttons."""

    def __init__(self, rows: Sequence[Markup], has_ticks: bool, has_buttons: bool) -> None:
        super().__init__(rows)
        self.has_ticks, self.has_buttons = has_ticks, has_buttons


def rows(problems: Sequence[ProblemSummary], says_standing: bool = False) -> Rows:
    """For the template lists/_problems.html. Only handlers tick; for others the column of buttons is there if one of
    these problems has a button. `says_standing`: each row says in words where the problem stands. `ticked` in the
    address ticks all rows, for browsers without JavaScript."""
    me, now, reader = web.me(), web.now(), (language(), zone_name())
    allowed = [policy.row_actions(me, problem, now) for problem in problems]
    is_handler = policy.is_handler(me)
    columns = (is_handler, is_handler or any(allowed))
    limits, is_ticked = web.choices().age_limits(), "ticked" in request.args
    usual = web.choices().usual_durations() if says_standing else {}
    stands = [standings.of(one, now, usual, reader[0], me.zone) if says_standing else "" for one in problems]
    return Rows(
        [
            _row(problem, verbs, ages.of(problem, now, limits, reader[0]), *columns, is_ticked, stand, *reader)
            for problem, verbs, stand in zip(problems, allowed, stands, strict=True)
        ],
        *columns,
    )


@functools.lru_cache(ROWS_KEPT)
def _row(
    problem: ProblemSummary,
    allowed: tuple[str, ...],
    age: Ages,
    has_ticks: bool,
    has_buttons: bool,
    is_ticked: bool,
    standing: str,
    language: str,
    zone: str,
) -> Markup:
    """A row as HTML, which depends on these arguments only. It is cached, because most people see the same newest fifty
    rows, and rendering them is most of the cost of the page."""
    row = get_template_attribute("lists/_row.html", "row")
    return row(problem, allowed, age, has_ticks, has_buttons, is_ticked, standing)
