"""Every kind of page, as somebody comes to it. {new}, {closed}, ... are numbers of problems in that state."""

PAGES = {
    "sign in": (None, "/login"),
    "sign in after a lost session": (None, "/login?lost=1&next=/problems/1/closures/new"),
    "activation": (None, "/activations/new"),
    "list": ("hadi", "/problems"),
    "list, filtered": ("hadi", "/problems?status=closed&year=2026&priority=high&q=printer"),
    "list of a reporter": ("rini", "/problems"),
    "list of an admin": ("adi", "/problems"),
    "list without a hit": ("susi", "/problems?q=tokek"),
    "list with unknown filters": ("hadi", "/problems?year=x&priority=x&division=999&after=x"),
    "report": ("rini", "/problems/new"),
    "report for a caller": ("hadi", "/problems/new"),
    "detail, new": ("rini", "/problems/{new}"),
    "detail, escalated": ("gita", "/problems/{escalated}"),
    "detail, closed": ("hadi", "/problems/{closed}"),
    "opening": ("hadi", "/problems/{new}/openings/new"),
    "closure": ("hadi", "/problems/{in_progress}/closures/new"),
    "escalation": ("hadi", "/problems/{in_progress}/escalations/new"),
    "return": ("gita", "/problems/{escalated}/returns/new"),
    "reopening": ("rini", "/problems/{closed}/reopenings/new"),
    "remark": ("rini", "/problems/{new}/comments/new"),
    "own PIN": ("koko", "/pin/new"),
    "not found": ("hadi", "/problems/999999"),
    "not allowed": ("rini", "/problems/{new}/openings/new"),
}
STATES = ("new", "in_progress", "escalated", "closed")
