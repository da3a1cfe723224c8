"""The command that closes months and compares the stored figures with the events."""

import click
from flask.cli import with_appcontext

from sih.commands.faults import fail, tells_faults
from sih.dao.recap.checks import RecapChecks
from sih.dao.recap.closing import Closing
from sih.dao.recap.figures import Recaps
from sih.domain import clock
from sih.domain.periods import Period
from sih.web import application, query


@click.command("close-months")
@click.option("--check", is_flag=True, help="Compute every closed month anew from its events, and tell what differs.")
@with_appcontext
@tells_faults
def close_months(check: bool) -> None:
    """Stores the recap of every month that has ended; may be repeated. The worker does this automatically."""
    closed = Closing(query()).close_months(clock.now(), application.settings().smtp is not None)
    click.echo(f"Closed: {', '.join(month.text for month in closed) or 'nothing new'}.")
    if check:
        _compare()


def _compare() -> None:
    checks, months = RecapChecks(query()), [Period(number) for number in Recaps(query()).closed()]
    unlike = [f"{month.text} {line}" for month in months for line in checks.differences(month)]
    click.echo("\n".join(unlike) if unlike else f"{len(months)} closed months are what their events say.")
    if unlike:
        fail("The stored figures (left) are not those of the events (right).")
