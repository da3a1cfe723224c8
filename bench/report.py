"""What is printed: a line a page, what was aimed at, and one JSON object for programs."""

import json

from bench.measure import Figures

AIMS = {"growth": 1.2, "growth of list_search": 2.0, "floor": 0.5, "statements of list and detail": 4, "memory": 120}
AIMS |= {"import seconds": 60, "import memory": 300}
HEAD = f"{'page':20}{'statements':>11}{'bytes':>9}{'p50 ms':>9}{'p95 ms':>9}{'growth':>8}{'req/s':>9}"


def line(page: str, of: Figures) -> str:
    queries = "?" if of.queries is None else of.queries
    return f"{page:20}{queries:>11}{of.bytes:>9,}{of.p50:>9.2f}{of.p95:>9.2f}{of.growth:>8.2f}{of.rps:>9.0f}"


def merged(pages: dict[str, Figures]) -> dict[str, Figures]:
    """The three searches as one page, which is the worst of them in each respect."""
    searches = [of for page, of in pages.items() if page.startswith("list_search ")]
    worst = Figures(
        queries=max((of.queries for of in searches if of.queries is not None), default=None),
        bytes=max(of.bytes for of in searches),
        p50=max(of.p50 for of in searches),
        p95=max(of.p95 for of in searches),
        growth=max(of.growth for of in searches),
        rps=min(of.rps for of in searches),
    )
    others = {page: of for page, of in pages.items() if not page.startswith("list_search ")}
    return {**others, "list_search": worst}


def missed(pages: dict[str, Figures], floor: float, rss: float, imported: dict) -> list[str]:
    """Each aim that was not reached, as a sentence."""
    limits = {page: AIMS["growth of list_search"] if page == "list_search" else AIMS["growth"] for page in pages}
    faults = [f"{page} grows by {pages[page].growth:.2f}" for page in pages if pages[page].growth > limits[page]]
    most = AIMS["statements of list and detail"]
    long = [page for page in pages if page.startswith(("list", "detail")) and (pages[page].queries or 0) > most]
    faults += [f"{page} takes {pages[page].queries} statements" for page in long]
    faults += [f"the list reaches {floor:.2f} of the floor"] * (floor < AIMS["floor"])
    faults += [f"the import takes {imported['seconds']} s"] * (imported["seconds"] > AIMS["import seconds"])
    faults += [f"the import takes {imported['rss_mb']} MB"] * (imported["rss_mb"] > AIMS["import memory"])
    return faults + [f"a process takes {rss:.0f} MB"] * (rss > AIMS["memory"])


def as_json(pages: dict[str, Figures], floor: float, rss: float, imported: dict) -> str:
    return json.dumps(
        {
            "growth": {page: round(of.growth, 3) for page, of in pages.items()},
            "floor": {"list": round(floor, 3)},
            "queries": {page: of.queries for page, of in pages.items()},
            "p50_ms": {page: round(of.p50, 2) for page, of in pages.items()},
            "rps": {page: round(of.rps, 1) for page, of in pages.items()},
            "rss_mb": round(rss, 1),
            "import": imported,
        }
    )
