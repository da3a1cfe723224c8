"""The courses that a problem of the invented company may take, and how many take which."""

from dataclasses import dataclass

TO_DIVISION = "open to_division accept"
TO_PIC = "open to_pic accept"
THROUGH = "open to_division accept to_pic accept"
SENT_BACK = "open to_division return"


@dataclass(frozen=True)
class Course:
    """`steps` follow the report. `needs`: whose problem it has to be, see Situation.suits."""

    steps: str
    needs: str


# How often each is taken by problems that are long done.
DONE = {
    Course("open close", "helpdesk"): 24,
    Course("open close thanks", "helpdesk"): 6,
    Course("open close confirm", "helpdesk"): 10,
    Course("open close reopen close confirm", "helpdesk"): 2,
    Course(f"{TO_DIVISION} close", "handed"): 22,
    Course(f"{TO_DIVISION} close confirm", "handed"): 18,
    Course(f"{TO_DIVISION} close reopen close", "handed"): 4,
    Course(f"{TO_DIVISION} close reopen close confirm", "handed"): 3,
    Course(f"{TO_PIC} close", "department"): 14,
    Course(f"{TO_PIC} close confirm thanks", "department"): 8,
    Course(f"{THROUGH} close", "department"): 8,
    Course(f"{THROUGH} close confirm", "department"): 8,
    Course(f"{THROUGH} close reopen close", "department"): 2,
    Course(f"{SENT_BACK} to_division accept close", "handed"): 6,
    Course(f"{SENT_BACK} settle confirm", "handed"): 3,
}

# The problems that stand somewhere now: (course, how many days ago each was reported). Some were forgotten.
STANDING = [
    (Course("", "helpdesk"), (0.03, 0.3, 0.8, 1.7)),
    (Course("", "handed"), (0.08, 0.15, 0.5, 1.1, 2.6, 4.2)),
    (Course("nudge nudge", "handed"), (19,)),
    (Course("open", "helpdesk"), (0.4, 0.9, 3, 5, 34)),
    (Course("open", "handed"), (0.6, 2.2, 141)),
    (Course("open to_division", "division"), (0.7, 1.9, 5.5)),
    (Course("open to_division", "subdivision"), (0.5, 1.3, 2.8, 6.3, 96)),
    (Course("open to_pic", "department"), (0.9, 2.4, 4.8, 9, 318)),
    (Course(TO_DIVISION, "division"), (1.6, 4.4, 8, 17)),
    (Course(TO_DIVISION, "subdivision"), (1.2, 2.9, 6.8, 12, 26, 203)),
    (Course(TO_PIC, "department"), (2.1, 5.2, 11, 22)),
    (Course(THROUGH, "department"), (3.4, 7.5, 15, 88)),
    (Course(SENT_BACK, "handed"), (1.8, 6, 13)),
    (Course("open close reopen", "helpdesk"), (2.3,)),
    (Course(f"{TO_DIVISION} close reopen", "handed"), (4.6, 9.5)),
    (Course(f"{TO_PIC} close reopen", "department"), (7.2, 12.5)),
    # Closed so lately that the reporter may still say "Belum", and some that were confirmed.
    (Course("open close", "helpdesk"), (0.35, 1.4, 2.2)),
    (Course(f"{TO_DIVISION} close", "handed"), (0.9, 1.5, 2.0, 2.7)),
    (Course(f"{TO_PIC} close", "department"), (1.7, 2.5)),
    (Course("open close confirm", "helpdesk"), (0.65, 1.9)),
    (Course(f"{TO_DIVISION} close confirm", "handed"), (1.3, 2.4, 3.6)),
]

# The shortest and the longest wait before a step, in minutes. A reporter has three days to reopen or confirm.
WAITS = {
    "open": (4, 240),
    "to_division": (6, 500),
    "to_pic": (6, 500),
    "accept": (10, 1600),
    "return": (20, 900),
    "close": (120, 8500),
    "settle": (60, 1500),
    "reopen": (60, 2400),
    "confirm": (15, 2400),
    "ask": (5, 400),
    "answer": (4, 500),
    "update": (60, 2000),
    "nudge": (300, 3000),
    "thanks": (5, 600),
}
# What is urgent waits a part of that.
PACE = {"critical": 0.25, "high": 0.5, "medium": 1, "low": 1.3}
BY_REPORTER = {"reopen", "confirm", "answer", "nudge", "thanks"}

# What is said while one works on it.
REMARKS = ["ask answer", "ask answer", "ask answer update", "update", "update nudge", "nudge"]
