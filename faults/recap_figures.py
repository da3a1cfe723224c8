"""The recap's figures as the pages read them, for comparison with sih/dao/recap/checks.py."""

from sih.dao.query import Query
from sih.dao.recap.figures import CUTS, Recaps
from sih.domain.periods import Period
from sih.domain.vocabulary import FIGURES


def kept(query: Query, period: Period) -> dict[tuple[str, int, str], int]:
    """Every figure of every cut that is not 0, by (cut, value, figure)."""
    cells = {}
    for cut in CUTS:
        for row in Recaps(query).rows(cut, period, is_whole=True):
            cells |= {(cut, row["value"], name): row[name] for name in FIGURES if row[name]}
    return cells


def kept_ranks(query: Query, period: Period) -> dict[tuple[str, int, str], tuple[int, int, int]]:
    """(amount, median, 90th percentile) by (cut, value, measure); also of who only returned something, who has no
    row."""
    found, everywhere = {}, range(60)
    for cut in CUTS:
        values = {row["value"] for row in Recaps(query).rows(cut, period, is_whole=True)} | set(everywhere)
        ranks = Recaps(query).ranks([(period.number, cut, value) for value in values])
        found |= {
            (cut, value, measure): (rank["amount"], rank["p50"], rank["p90"])
            for (_, _, value), measures in ranks.items()
            for measure, rank in measures.items()
        }
    return found
