"""Every kind of page by its address. {new}, {closed}, ... stand for the number of a problem in that status."""

from datetime import timedelta
from uuid import uuid4

from sih.dao.problem_exports import ProblemExports
from sih.dao.problems import Problems
from sih.domain import clock, periods

MONTH = periods.of(clock.today())
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
    "list with chips and a store like others": ("hadi", "/problems?store=kelapaa&priority=high&q=mati&all=1"),
    "report": ("rini", "/problems/new"),
    "report for a caller": ("hadi", "/problems/new"),
    "report of a scanned good": ("rini", "/problems/new?asset=T001-PRN-01"),
    "detail, new": ("rini", "/problems/{new}"),
    "detail, escalated": ("gita", "/problems/{escalated}"),
    "detail, closed": ("hadi", "/problems/{closed}"),
    "closing of many": ("hadi", "/bulk-actions/new?verb=close&picked={in_progress_box}&picked={new_box}"),
    "opening of many": ("hadi", "/bulk-actions/new?verb=open_and_escalate&picked={new_box}"),
    "opening": ("hadi", "/problems/{new}/openings/new"),
    "closure": ("hadi", "/problems/{in_progress}/closures/new"),
    "escalation": ("hadi", "/problems/{in_progress}/escalations/new"),
    "return": ("gita", "/problems/{escalated}/returns/new"),
    "reopening": ("rini", "/problems/{closed}/reopenings/new"),
    "correction": ("rini", "/problems/{new}/corrections/new"),
    "correction of the good alone": ("gita", "/problems/{escalated}/corrections/new"),
    "withdrawal": ("rini", "/problems/{new}/withdrawals/new"),
    "detail, withdrawn": ("rini", "/problems/{withdrawn}"),
    "remark": ("rini", "/problems/{new}/comments/new"),
    "question": ("hadi", "/problems/{in_progress}/questions/new"),
    "own PIN": ("koko", "/pin/new"),
    "own profile": ("rini", "/profile"),
    "own profile, of a PIC": ("pandu", "/profile"),
    "sign in after signing out everywhere": (None, "/login?everywhere=1"),
    "employees": ("adi", "/employees"),
    "employees, filtered": ("adi", "/employees?q=rini&role=reporter&store=T001&state=active"),
    "a new employee": ("adi", "/employees/new"),
    "an employee": ("adi", "/employees/1/edit"),
    "a handler": ("adi", "/employees/8/edit"),
    "freezing": ("adi", "/employees/1/freezes/new"),
    "unfreezing": ("adi", "/employees/1/unfreezes/new"),
    "activation code": ("adi", "/employees/1/activation-codes/new"),
    "activation sheets": ("adi", "/activation-sheets/new"),
    "security events": ("adi", "/security-events"),
    "mails that were not sent": ("adi", "/mails"),
    "security events without a hit": ("adi", "/security-events?nik=1&kind=x&since=x"),
    "stores": ("adi", "/stores"),
    "a store": ("adi", "/stores/1/edit"),
    "divisions": ("adi", "/divisions"),
    "a division": ("adi", "/divisions/1/edit"),
    "departments": ("adi", "/departments"),
    "a department": ("adi", "/departments/1/edit"),
    "categories": ("adi", "/categories"),
    "a category": ("adi", "/categories/1/edit"),
    "ready texts": ("adi", "/ready-texts?division=Helpdesk&purpose=answer"),
    "a ready text": ("adi", "/ready-texts/1/edit"),
    "shop words": ("adi", "/slang"),
    "a shop word": ("adi", "/slang/1/edit"),
    "usual troubles": ("adi", "/troubles"),
    "a usual trouble": ("adi", "/troubles/1/edit"),
    "kinds": ("adi", "/asset-kinds"),
    "a kind": ("adi", "/asset-kinds/1/edit"),
    "age limits": ("adi", "/age-limits/edit"),
    "assets": ("adi", "/assets"),
    "an asset to edit": ("adi", "/assets/1/edit"),
    "an asset as its store sees it": ("rini", "/assets/1"),
    "an asset as an admin sees it": ("adi", "/assets/1"),
    "audit": ("adi", "/audits"),
    "audit without a hit": ("adi", "/audits?nik=1&since=x"),
    "import": ("adi", "/imports/new?noun=store"),
    "a report by a label": ("rini", "/problems/new?asset=T999"),
    "loads": ("susi", "/loads"),
    "loads of a PIC": ("pandu", "/loads"),
    "the load of a division": ("hadi", "/loads/divisions/1"),
    "the load of a division with sub-divisions": ("susi", "/loads/divisions/2"),
    "the load of a PIC": ("pandu", "/loads/pics/8"),
    "list with the news of a recap": ("susi", "/problems"),
    "recap of a month": ("susi", "/recaps"),
    "recap of a month, by store": ("susi", "/recaps?dimension=store"),
    "recap of a month, by priority": ("susi", "/recaps?dimension=priority"),
    "recap of a year, by PIC": ("susi", f"/recaps?year={MONTH.year}&dimension=pic"),
    "recap without a figure": ("susi", "/recaps?year=2001"),
    "list behind a figure": ("susi", f"/problems?figure=reported&period={MONTH.text}&dimension=store&value=1"),
    "list behind a figure, by age": ("susi", f"/problems?figure=open_at_end&period={MONTH.text}&dimension=age&value=0"),
    "list behind a figure of nothing": ("susi", "/problems?figure=closed&period=2001"),
    "export": ("susi", "/problem-exports/{export}"),
    "keys": ("hadi", "/keys"),
    "notices": ("rini", "/notices"),
    "notices, none yet": ("sari", "/notices"),
    "saved views": ("hadi", "/saved-views"),
    "a new saved view": ("susi", "/saved-views/new?filters=status%3Dnew"),
    "not found": ("hadi", "/problems/999999"),
    "the sessions of an employee": ("adi", "/employees/1/sessions"),
    "sign in after being frozen": (None, "/login?frozen=1"),
    "not allowed": ("rini", "/problems/{new}/openings/new"),
}
STATES = ("new", "in_progress", "escalated", "closed", "withdrawn")


def numbers(problem, query, employees, **words) -> dict[str, int | str]:
    """A problem of each state, with these words, and the value of the checkbox of its row, as in {new_box}; an export
    that is being made; and a problem of last month, whose recap is news."""
    made = {state: problem(state, **words) for state in STATES}
    events = {row["id"]: row["event"] for row in query.select("SELECT id, last_event_id AS event FROM problem")}
    boxes = {f"{state}_box": f"{number}-{events[number]}" for state, number in made.items()}
    kind = query.one("SELECT min(id) AS id FROM asset_kind")["id"]
    old = {"title": "Lama", "description": "Dari bulan lalu.", "asset_kind_id": kind, "asset_id": None}
    Problems(query).report(employees["rini"], MONTH.starts_at - timedelta(days=1), uuid4(), old)
    return made | boxes | {"export": ProblemExports(query).add(employees["susi"], "xlsx", {}, clock.now())}
