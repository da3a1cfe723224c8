"""The recap's figures as the pages get them, for comparison with sih/dao/recap/checks.py."""

from sih.dao.query import Query
from sih.dao.recap.figures import DIMENSIONS, Recaps
from sih.domain.periods import Period
from sih.domain.vocabulary import COUNTED


def kept(query: Query, period: Period) -> dict[tuple[str, int, str], int]:
    """Every figure of every dimension that is not 0, by (dimension, value, figure)."""
    cells = {}
    for dimension in DIMENSIONS:
        for row in Recaps(query).rows(dimension, period, is_whole=True):
            cells |= {(dimension, row["value"], name): row[name] for name in COUNTED if row[name]}
    return cells


def kept_ranks(query: Query, period: Period) -> dict[tuple[str, int, str], tuple[int, int, int]]:
    """(amount, median, 90th percentile) by (dimension, value, measure); also of values that only returned problems,
    which have no row."""
    found, everywhere = {}, range(60)
    for dimension in DIMENSIONS:
        values = {row["value"] for row in Recaps(query).rows(dimension, period, is_whole=True)} | set(everywhere)
        ranks = Recaps(query).ranks([(period.number, dimension, value) for value in values])
        found |= {
            (dimension, value, measure): (rank["amount"], rank["p50"], rank["p90"])
            for (_, _, value), measures in ranks.items()
            for measure, rank in measures.items()
        }
    return found
