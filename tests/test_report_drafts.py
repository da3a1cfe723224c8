"""The draft of a report: what is typed into Lapor Kendala is kept on the server, for one person, until it is sent."""

from datetime import timedelta
from uuid import uuid4

import pytest

from sih.background.worker import Worker
from sih.dao.report_drafts import KEPT, MOST_BYTES, ReportDrafts
from sih.domain import clock
from tests import form_data
from tests.facts import amount, value
from tests.people import Person

OFFER = "main section[aria-labelledby=draft-heading]"


@pytest.fixture
def typed(query) -> dict:
    """A form half filled in."""
    return form_data.report(query, description="Lampu merah")


def keep(somebody, **fields) -> bool:
    somebody.post("/report-drafts", 200, **fields)
    return somebody.response.json["kept"]


def offer(somebody):
    return somebody.get("/problems/new").select_one(OFFER)


def test_what_is_typed_is_offered_at_the_next_visit_and_taken_up_by_a_link(person, typed):
    rini = person("rini")
    assert offer(rini) is None
    assert keep(rini, **typed)
    found = offer(rini)
    assert "Printer mati" in found.text and "terakhir diketik" in found.text
    page = rini.get(found.find("a", string="Lanjutkan")["href"])
    assert {name: value(page, name) for name in typed} == typed
    assert page.select_one(OFFER) is None


def test_the_draft_is_there_on_another_device_and_after_the_session_has_ended(app, person, employees, typed):
    rini = person("rini")
    keep(rini, **typed)
    rini.post("/logout")
    assert "Printer mati" in offer(Person(app, employees["rini"])).text


def test_a_later_draft_replaces_the_earlier_one(person, query, typed):
    rini = person("rini")
    keep(rini, **typed)
    keep(rini, **typed | {"token": str(uuid4()), "title": "AC bocor"})
    assert amount(query, "report_draft") == 1
    assert "AC bocor" in offer(rini).text


def test_a_draft_is_gone_when_its_report_is_sent(person, query, typed):
    rini = person("rini")
    keep(rini, **typed)
    rini.post("/problems", **typed)
    assert amount(query, "report_draft") == 0
    assert not keep(rini, **typed), "of a form that was sent, however late the draft arrives"
    assert amount(query, "report_draft") == 0


def test_a_refused_report_keeps_its_draft_and_another_report_does_not_touch_it(person, query, typed):
    rini = person("rini")
    keep(rini, **typed)
    rini.post("/problems", 422, **typed | {"good": ""})
    rini.post("/problems", **form_data.report(query))
    assert "Printer mati" in offer(rini).text


def test_a_draft_of_a_report_that_was_sent_is_never_offered(person, query, employees, typed):
    """However it came to be there: two statements at the same time do not see each other."""
    rini = person("rini")
    rini.post("/problems", **typed)
    row = {"id": employees["rini"].id, "token": typed["token"], "now": clock.now()}
    query.execute("INSERT INTO report_draft VALUES (%(id)s, %(token)s, '{}', %(now)s)", row)
    assert offer(rini) is None


def test_a_draft_is_discarded_by_a_button(person, query, typed):
    rini = person("rini")
    keep(rini, **typed)
    assert offer(rini).select_one("button").text == "Buang"
    page = rini.post("/report-drafts/deletions", follow=True)
    assert page.select_one("main [role=status]").text == "Draf dibuang." and page.select_one(OFFER) is None
    rini.post("/report-drafts/deletions")
    assert amount(query, "report_draft") == 0


def test_a_form_that_was_emptied_has_no_draft(person, query, typed):
    rini = person("rini")
    keep(rini, **typed)
    assert keep(rini, token=str(uuid4()), good="", title="", description="") and offer(rini), "another form, untouched"
    assert keep(rini, token=typed["token"], good="", title="", description="")
    assert amount(query, "report_draft") == 0


@pytest.mark.parametrize("name", ["koko", "hadi", "adi"])
def test_nobody_else_sees_a_draft(person, query, typed, name):
    keep(person("rini"), **typed)
    somebody = person(name)
    assert offer(somebody) is None
    assert "Printer mati" not in somebody.get("/problems/new?continued=1").decode()
    somebody.post("/report-drafts/deletions")
    assert amount(query, "report_draft") == 1


def test_a_page_that_another_account_left_open_keeps_nothing(person, query, typed):
    koko = person("koko")
    response = koko.client.post("/report-drafts", data=typed | person("rini").tokens)
    assert response.status_code == 400 and amount(query, "report_draft") == 0


def test_a_visitor_keeps_nothing(person, query, typed):
    person(None).post("/report-drafts", **typed)
    assert amount(query, "report_draft") == 0


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_another_method_is_refused(person, method):
    rini = person("rini")
    assert {getattr(rini.client, method)(path).status_code for path in ("/report-drafts",)} == {405}


def test_a_draft_that_is_too_long_leaves_the_one_before(person, query, typed):
    rini = person("rini")
    keep(rini, **typed)
    assert not keep(rini, **typed | {"description": "x" * MOST_BYTES})
    assert keep(rini, **typed | {"description": "x" * 6000}), "of a text that is yet too long to send"
    assert amount(query, "report_draft") == 1


def test_every_character_is_kept(person, typed):
    rini, words = person("rini"), "\U0001f5a8 <b>'\\\"\x00\u202e é\r\nb"
    keep(rini, **typed | {"description": words})
    page = rini.get("/problems/new?continued=1")
    assert value(page, "description") == "\U0001f5a8 <b>'\\\"\ufffd\u202e é\nb"


def test_a_handler_goes_on_with_the_caller(person, employees, query):
    hadi = person("hadi")
    good = query.one("SELECT id FROM asset WHERE label = 'T002-AC-01'")["id"]
    keep(hadi, token=str(uuid4()), caller=employees["sari"].nik, good=f"asset:{good}")
    page = hadi.get("/problems/new?continued=1")
    assert (value(page, "caller"), value(page, "good")) == (employees["sari"].nik, f"asset:{good}")


def test_a_scanned_label_does_not_hide_the_draft(person, typed):
    rini = person("rini")
    keep(rini, **typed)
    assert rini.get("/problems/new?asset=T001-PRN-01").select_one(OFFER)


def test_reading_a_draft_writes_nothing_and_sweeping_takes_old_ones(app, person, query, employees, typed):
    rini = person("rini")
    keep(rini, **typed)
    rini.get("/problems/new?continued=1")
    assert amount(query, "report_draft") == 1
    drafts = ReportDrafts(query)
    drafts.keep(employees["koko"].id, uuid4(), {"title": "Lama"}, clock.now() - KEPT - timedelta(minutes=1))
    Worker(app.extensions["pool"]).sweep()
    assert drafts.of(employees["koko"].id) is None and drafts.of(employees["rini"].id)


def test_in_english(person, typed):
    rini = person("rini").speaks("en")
    keep(rini, **typed)
    assert offer(rini).find("a").text == "Continue"
