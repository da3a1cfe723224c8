"""The mails of notices: of one problem, of a morning ("Ringkasan pagi"), and the test mail of an admin. Each has its
parts as text and as HTML, in the language of its recipient and, of a person, in the zone of the store."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader

from sih.dao.notice_mails import MailedEvent, MailedProblem, NoticeMails
from sih.dao.outbox import Mail
from sih.dao.query import Query
from sih.domain import clock, languages
from sih.domain.vocabulary import EVENTS, NEVER_QUOTED, STATUSES, TOPICS, USUAL_WAYS, ZONES

STEPS, STEP_LENGTH, NOTE_LENGTH, TITLE_LENGTH = 3, 200, 1_500, 100
DIGEST_PROBLEMS, DIGEST_EVENTS = 40, 5
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates" / "mails"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    link: str = ""
    lines: tuple[str, ...] = ()
    is_quote: bool = False
    is_title: bool = False


class Writer:
    """The words of one mail."""

    def __init__(self, mail: Mail, public_url: str) -> None:
        self._mail, self._public_url = mail, public_url
        self._zone = ZoneInfo(mail.time_zone) if mail.time_zone else clock.COMPANY_ZONE
        self.say = partial(languages.gettext, language=mail.language)

    def moment(self, at: datetime) -> str:
        return f"{languages.moment(at, self._mail.language, self._zone)} {ZONES[self._zone.key]}"

    def day(self, at: datetime) -> str:
        return languages.day(at.astimezone(self._zone), self._mail.language)

    def url(self, path: str) -> str:
        """A page, which asks whoever has not signed in to do so and is shown then."""
        return f"{self._public_url}{path}"

    def heading(self, problem: MailedProblem) -> str:
        return f"[SIH #{problem.id}] {short(problem.title, TITLE_LENGTH)}"

    def headline(self, event: MailedEvent) -> str:
        """For example 'Dialihkan oleh Hadi (20000001) ke Pandu (Aplikasi), 5 Jan 2026 16.00 WIB'."""
        facts = {"event": self.say(EVENTS[event.kind]), "name": event.actor_name, "nik": event.actor_nik}
        facts |= {"moment": self.moment(event.at), "place": _place(event.to_division, event.to_employee)}
        if event.kind in ("escalated", "returned", "reopened"):
            return self.say("%(event)s oleh %(name)s (%(nik)s) ke %(place)s, %(moment)s", **facts)
        return self.say("%(event)s oleh %(name)s (%(nik)s), %(moment)s", **facts)

    def step(self, event: MailedEvent) -> str:
        """A headline with the beginning of what was written."""
        return ": ".join((self.headline(event), *([short(event.note, STEP_LENGTH)] if event.note else [])))

    def told(self, event: MailedEvent, topics: list[str]) -> list[Part]:
        """What happened, whole. Of an internal note only that there is one."""
        if "unanswered" in topics:
            text = self.say("Pertanyaan ini sudah tujuh hari belum dijawab pelapor:")
            return [Part(text), Part(bounded(event.note or "", NOTE_LENGTH), is_quote=True)]
        if event.kind in NEVER_QUOTED:
            return [Part(self.headline(event)), Part(self.say("Isinya hanya dapat dibaca di SIH."))]
        quote = [Part(bounded(event.note, NOTE_LENGTH), is_quote=True)] if event.note else []
        return [Part(self.headline(event) + (":" if quote else ".")), *quote]

    def facts(self, problem: MailedProblem) -> str:
        holder = _place(problem.holder_division, problem.holder_employee)
        status = self.say(STATUSES[problem.status])
        return self.say(
            "%(store)s · %(asset)s · %(status)s · di %(holder)s",
            store=problem.store, asset=problem.asset, status=status, holder=holder,
        )  # fmt: skip

    def asked(self, problem: MailedProblem, now: datetime) -> str:
        """What the recipient is asked for now; '' for nothing."""
        mail, until = self._mail, problem.reopenable_until
        if until and until > now and problem.reporter_id == mail.employee_id:
            at = self.moment(until)
            return self.say(
                "Sudah beres? Tekan Beres. Kalau belum, tekan Buka Lagi. Berlaku sampai %(moment)s.", moment=at
            )
        is_mine = problem.holder_employee_id == mail.employee_id is not None
        is_ours = problem.holder_employee_id is None and problem.holder_division_id == mail.division_id
        if is_mine or is_ours:
            return {
                "new": self.say("Kendala ini menunggu dibuka."),
                "in_progress": self.say("Kendala ini menunggu ditangani atau ditutup."),
                "escalated": self.say("Kendala ini menunggu diterima atau dikembalikan."),
            }.get(problem.status, "")
        return ""

    def why(self, topics: set[str]) -> list[Part]:
        """Why this mail was sent, and where that is changed."""
        if self._mail.division_id is not None:
            name = self._mail.name
            return [Part(self.say("Kotak surat divisi %(name)s. Admin mengaturnya di data induk SIH.", name=name))]
        reasons = [self.say(text) for topic, text in TOPICS.items() if topic in topics]
        return [
            *([Part(self.say("Anda menerima surat ini karena memilih:"), lines=tuple(reasons))] if reasons else []),
            Part(self.say("Atur pemberitahuan di profil Anda"), link=self.url("/profile#notices")),
        ]

    def message(self, subject: str, parts: list[Part]) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = subject
        message.set_content("\n\n".join(_text(part) for part in parts) + "\n")
        html = TEMPLATES.get_template("message.html")
        facts = {"language": self._mail.language, "title": subject, "parts": parts}
        message.add_alternative(html.render(facts), subtype="html")
        return message


class ProblemMails:
    """What happened to one problem since the last mail about it."""

    def __init__(self, query: Query, public_url: str, now: datetime) -> None:
        self._query, self._public_url, self._now = query, public_url, now

    def message(self, mail: Mail) -> EmailMessage | None:
        """None if the recipient may not see the problem any more, or has chosen to hear of it elsewhere."""
        read, topics = NoticeMails(self._query, mail), wanted(mail)
        problem = read.problems([mail.problem_id]).get(mail.problem_id) if mail.problem_id else None
        events = read.events(topics) if problem else []
        if problem is None or not events:
            return None
        writer = Writer(mail, self._public_url)
        parts = [Part(f"#{problem.id} {short(problem.title, TITLE_LENGTH)}", is_title=True)]
        parts += [Part(writer.facts(problem))]
        parts += [part for event in events for part in writer.told(event, topics[event.id])]
        asked = writer.asked(problem, self._now)
        parts += [Part(asked)] if asked else []
        parts += [Part(writer.say("Buka kendala ini"), link=writer.url(f"/problems/{problem.id}"))]
        steps = tuple(writer.step(event) for event in read.steps(problem.id, topics, STEPS))
        parts += [Part(writer.say("Langkah sebelumnya:"), lines=steps)] if steps else []
        heard = {topic for event in events for topic in topics[event.id]}
        message = writer.message(writer.heading(problem), parts + writer.why(heard))
        # Nothing has this number; mailboxes put together what refers to the same.
        message["In-Reply-To"] = message["References"] = f"<problem-{problem.id}@sih>"
        return message


class DigestMails:
    """ "Ringkasan pagi": what happened since yesterday's, by problem, the latest first."""

    def __init__(self, query: Query, public_url: str, now: datetime) -> None:
        self._query, self._public_url, self._now = query, public_url, now

    def message(self, mail: Mail) -> EmailMessage | None:
        read, topics = NoticeMails(self._query, mail), wanted(mail)
        by_problem: dict[int, list[MailedEvent]] = {}
        for event in read.events(topics)[::-1]:
            by_problem.setdefault(event.problem_id, []).append(event)
        problems = read.problems(by_problem)
        if not problems:
            return None
        writer = Writer(mail, self._public_url)
        title = writer.say("Ringkasan pagi, %(day)s: %(amount)s kendala", day=writer.day(self._now),
                           amount=len(problems))  # fmt: skip
        parts = [Part(title, is_title=True)]
        for number in [number for number in by_problem if number in problems][:DIGEST_PROBLEMS]:
            problem, events = problems[number], by_problem[number]
            lines = [writer.step(event) for event in events[:DIGEST_EVENTS][::-1]]
            if len(events) > DIGEST_EVENTS:
                more = len(events) - DIGEST_EVENTS
                lines.insert(0, writer.say("%(amount)s peristiwa sebelumnya", amount=more))
            asked = writer.asked(problem, self._now)
            parts.append(Part(f"#{number} {short(problem.title, TITLE_LENGTH)} · {writer.facts(problem)}",
                              lines=(*lines, *([asked] if asked else []))))  # fmt: skip
            parts.append(Part(writer.say("Buka kendala #%(id)s", id=number), link=writer.url(f"/problems/{number}")))
        if len(problems) > DIGEST_PROBLEMS:
            text = writer.say("Dan %(amount)s kendala lagi", amount=len(problems) - DIGEST_PROBLEMS)
            parts.append(Part(text, link=writer.url("/notices")))
        return writer.message(f"[SIH] {title}", parts + writer.why(set()))


class TestMails:
    """What an admin sends to oneself to see whether mail arrives."""

    __test__ = False  # pytest takes the name for its own

    def __init__(self, query: Query, public_url: str, now: datetime) -> None:
        self._public_url = public_url

    def message(self, mail: Mail) -> EmailMessage | None:
        writer = Writer(mail, self._public_url)
        text = writer.say("Surat percobaan ini dikirim pada %(moment)s. Surat dari SIH sampai kepada Anda.",
                          moment=writer.moment(mail.created_at))  # fmt: skip
        parts = [Part(text), Part(writer.say("Surat tidak terkirim"), link=writer.url("/mails"))]
        return writer.message(f"[SIH] {writer.say('Surat percobaan')}", parts)


def wanted(mail: Mail) -> dict[int, list[str]]:
    """The events that the recipient still wants by mail, each with its topics. A mailbox has neither topic nor
    choice."""
    ways = USUAL_WAYS | (mail.notice_ways or {})
    found = {}
    for event in mail.facts["events"]:
        topics = [topic for topic in event["topics"] if ways.get(topic) in ("mail", "both")]
        if topics or mail.division_id is not None:
            found[event["id"]] = topics
    return found


def short(text: str, length: int) -> str:
    """The beginning of a text on one line, without characters that could end a header."""
    return bounded(" ".join(text.split()), length)


def bounded(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def _place(division: str, employee: str | None) -> str:
    return f"{employee} ({division})" if employee else division


def _text(part: Part) -> str:
    """A part as plain text."""
    if part.link:
        return f"{part.text}: {part.link}"
    if part.is_quote:
        return "\n".join(f"> {line}" for line in part.text.split("\n"))
    return "\n".join((part.text, *(f"- {line}" for line in part.lines)))
