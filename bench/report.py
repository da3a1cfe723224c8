"""The printed report: a line for each page, the aims, and one JSON object for programs."""

import json
from collections import defaultdict

from bench.measure import Figures, Floor
from bench.sign_ins import SignIns

_SEARCHES = ("list_search", "search_reporter", "search_solution", "search_number")
GROWTH = {**dict.fromkeys(_SEARCHES, 2.0), "recap_year": 1.5, "recap_month": 1.5}  # else 1.2
# Of a page whose name begins so; the first that fits.
STATEMENTS = {"list_changes": 2, "list": 5, "search": 5, "detail": 4, "recap": 5, "notices": 2, "notice_count": 1}
AIMS = {
    "floor": 0.5,
    "floor.flat": 0.9,
    "alive": 3.0,  # times the list's answers a second
    "memory": 80,
    "import seconds": 60,
    "import memory": 300,
    "recap write cost": 1.15,
    "notice write cost": 1.15,
    "closing wait": 200,
    "look-up": 50,
    "false alarms": 0.08,
    "list during sign-ins": 5.0,  # times as long
}
FOUND = {"duplicates": 0.85, "cures": 0.8}
HEAD = f"{'page':20}{'statements':>11}{'bytes':>9}{'p50 ms':>9}{'p95 ms':>9}{'growth':>8}{'req/s':>9}"


def line(page: str, of: Figures) -> str:
    queries = "?" if of.queries is None else of.queries
    return f"{page:20}{queries:>11}{of.bytes:>9,}{of.p50:>9.2f}{of.p95:>9.2f}{of.growth:>8.2f}{of.rps:>9.0f}"


def merged(pages: dict[str, Figures]) -> dict[str, Figures]:
    """Variants of a page, as "list_search often", merged into one page with the worst figure of each."""
    ways = defaultdict(list)
    for page, of in pages.items():
        ways[page.partition(" ")[0]].append(of)
    return {page: _worst(found) for page, found in ways.items()}


def _worst(found: list[Figures]) -> Figures:
    return Figures(
        queries=max((of.queries for of in found if of.queries is not None), default=None),
        bytes=max(of.bytes for of in found),
        p50=max(of.p50 for of in found),
        p95=max(of.p95 for of in found),
        growth=max(of.growth for of in found),
        rps=min(of.rps for of in found),
    )


def missed(
    pages: dict[str, Figures],
    floor: Floor,
    rss: float,
    imported: dict,
    write_cost: float,
    notice_cost: float,
    closing_wait: float,
    crowd: SignIns,
    alike: dict[str, dict[str, float]],
) -> list[str]:
    """Each aim that was not reached, as a sentence."""
    faults = [f"{page} grows by {of.growth:.2f}" for page, of in pages.items() if of.growth > GROWTH.get(page, 1.2)]
    faults += [
        f"{page} takes {of.queries} statements"
        for page, of in pages.items()
        for name, most in STATEMENTS.items()
        if page.startswith(name) and (of.queries or 0) > most
    ]
    alive = pages["list_changes"].rps / pages["list"].rps
    faults += [f"changes are answered {alive:.1f} times as often as the list"] * (alive < AIMS["alive"])
    faults += [f"the recap costs {write_cost:.2f} of a change"] * (write_cost > AIMS["recap write cost"])
    faults += [f"notices cost {notice_cost:.2f} of a change"] * (notice_cost > AIMS["notice write cost"])
    faults += [f"a change waits {closing_wait:.0f} ms for a month's closing"] * (closing_wait > AIMS["closing wait"])
    faults += [f"the list reaches {floor.of_bare:.2f} of the floor"] * (floor.of_bare < AIMS["floor"])
    faults += [f"the list reaches {floor.of_flat:.2f} of the flat floor"] * (floor.of_flat < AIMS["floor.flat"])
    faults += [f"the list's p95 is {crowd.slowdown:.1f} times as long during sign-ins"] * (
        crowd.slowdown > AIMS["list during sign-ins"]
    )
    faults += [f"the import takes {imported['seconds']} s"] * (imported["seconds"] > AIMS["import seconds"])
    faults += [f"the import takes {imported['rss_mb']} MB"] * (imported["rss_mb"] > AIMS["import memory"])
    faults += _missed_of_likeness(alike)
    return faults + [f"a process takes {rss:.0f} MB"] * (rss > AIMS["memory"])


def _missed_of_likeness(alike: dict[str, dict[str, float]]) -> list[str]:
    faults = [f"{of['found']:.0%} of the {name} are found" for name, of in alike.items() if of["found"] < FOUND[name]]
    faults += [f"{name} take {of['p95_ms']} ms" for name, of in alike.items() if of["p95_ms"] > AIMS["look-up"]]
    alarms = alike["duplicates"]["false_alarms"]
    return faults + [f"{alarms:.1%} of the reports are false alarms"] * (alarms > AIMS["false alarms"])


def as_json(
    pages: dict[str, Figures],
    floor: Floor,
    rss: float,
    imported: dict,
    write_cost: float,
    notice_cost: float,
    closing_wait: float,
    crowd: SignIns,
    alike: dict[str, dict[str, float]],
    bytes_per_problem: dict[str, dict[str, int]],
) -> str:
    return json.dumps(
        {
            "growth": {page: round(of.growth, 3) for page, of in pages.items()},
            "floor": {"list": round(floor.of_bare, 3), "flat": round(floor.of_flat, 3)},
            "queries": {page: of.queries for page, of in pages.items()},
            "p50_ms": {page: round(of.p50, 2) for page, of in pages.items()},
            "rps": {page: round(of.rps, 1) for page, of in pages.items()},
            "alive_rps": round(pages["list_changes"].rps, 1),
            "rss_mb": round(rss, 1),
            "import": imported,
            "recap_write_cost": round(write_cost, 3),
            "notice_write_cost": round(notice_cost, 3),
            "sign_in_rps": round(crowd.rps, 1),
            "list_p95_without_sign_ins_ms": round(crowd.list_p95, 1),
            "list_p95_during_sign_ins_ms": round(crowd.list_p95_during, 1),
            "closing_wait_ms": round(closing_wait, 1),
            **alike,
            "bytes_per_problem": bytes_per_problem,
        }
    )
