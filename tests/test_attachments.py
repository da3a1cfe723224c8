"""Photos and files of a problem: sent with a form, shown to whoever sees the problem, and to nobody else."""

import dataclasses
import io
from uuid import uuid4

import pytest
from PIL import Image

from sih.background.worker import Worker
from sih.dao import files as dao_files
from sih.photos import faults
from sih.web import files as web_files
from tests import form_data, photos
from tests.concurrency import all_at_once
from tests.facts import alert, amount, errors, id_of, value
from tests.people import Person
from tests.photos import photo, sent
from tests.problem_pages import notes

PEOPLE = ("rini", "koko", "sari", "hadi", "iwan", "gita", "pandu", "susi", "adi")


def other_photo(shade: int = 0) -> bytes:
    return photo(image=Image.new("RGB", (40, 30), (shade, 90, 9)))


def report(person, query, *files, status: int = 303, **fields):
    return person.post("/problems", status, **form_data.report(query, **fields), **(sent(*files) if files else {}))


def newest(query) -> int:
    return query.one("SELECT max(id) AS id FROM problem")["id"]


def stored(query) -> dict[str, int]:
    return {table: amount(query, table) for table in ("problem", "attachment", "file", "upload", "blob")}


def links(page) -> list[str]:
    return [link["href"] for link in page.select(".attached a")]


def upload(person, content: bytes, name: str = "foto.jpg", status: int = 201) -> dict:
    data = {**person.tokens, **sent((content, name), name="file")}
    response = person.client.post("/uploads", data=data)
    assert response.status_code == status, response.get_data(as_text=True)
    return response.get_json()


@pytest.fixture
def with_photo(person, query):
    """with_photo() is a problem that Rini reported with a photo and a PDF: its number and the addresses of both."""

    def make() -> tuple[int, list[str]]:
        report(person("rini"), query, (photo(), "Mesin kasir.jpg"), (photos.pdf(), "nota.pdf"))
        number = newest(query)
        return number, links(person("rini").get(f"/problems/{number}"))

    return make


def test_a_report_with_photos_shows_them_below_its_description(person, query):
    files = sent((photo(), "Mesin kasir.jpg"), (photos.heic(), "x.HEIC"))
    page = person("rini").post("/problems", follow=True, **form_data.report(query), **files)
    pictures = page.select(".attached img")
    assert [one["alt"] for one in pictures] == ["Foto Mesin kasir.jpg", "Foto x.HEIC"]
    assert page.select_one(".attached").find_previous("h2").text == "Deskripsi"
    small = person("koko").client.get(pictures[0]["src"])
    assert small.mimetype == "image/jpeg" and max(Image.open(io.BytesIO(small.data)).size) == 240


def test_a_photo_is_shown_and_anything_else_is_a_download(person, with_photo):
    _, (picture, document) = with_photo()
    shown, loaded = (person("hadi").client.get(address) for address in (picture, document))
    assert (shown.mimetype, shown.data[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert shown.headers["Content-Disposition"] == "inline; filename*=UTF-8''Mesin%20kasir.jpg"
    assert (loaded.mimetype, loaded.data) == ("application/pdf", photos.pdf())
    assert loaded.headers["Content-Disposition"] == "attachment; filename*=UTF-8''nota.pdf"
    for response in (shown, loaded):
        assert response.headers.get("Content-Length", str(len(response.data))) == str(len(response.data))
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        assert response.headers["Cache-Control"] == "private, no-cache"


def test_a_photo_that_a_browser_has_is_not_sent_again(person, with_photo):
    _, (picture, _) = with_photo()
    tag = person("rini").client.get(picture).headers["ETag"]
    again = person("rini").client.get(picture, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert person("sari").client.get(picture, headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize("moved_on", [False, True])
def test_whoever_sees_the_problem_sees_its_files_and_nobody_else(person, query, with_photo, moved_on):
    number, addresses = with_photo()
    if moved_on:
        person("hadi").act(number, "openings", **form_data.opening(query))
        person("hadi").act(number, "escalations", **form_data.escalation(query, "pandu".capitalize()))
    for name in PEOPLE:
        may = person(name).client.get(f"/problems/{number}").status_code
        assert may == (404 if name == "sari" else 200)
        for address in [*addresses, f"{addresses[0]}?small"]:
            assert person(name).client.get(address).status_code == may, name
    assert person(None).client.get(addresses[0]).status_code == 302


def test_a_file_has_the_address_of_its_own_problem_only(person, problem, with_photo):
    number, (picture, _) = with_photo()
    own = problem(by="sari")
    file_id = picture.rpartition("/")[2]
    person("sari").get(f"/problems/{own}/files/{file_id}", 404)
    person("hadi").get(f"/problems/{own}/files/{file_id}", 404)
    person("hadi").get(f"/problems/{number}/files/999999", 404)


def test_every_word_and_every_good_file_is_kept_where_one_is_refused(person, query):
    rini = person("rini")
    page = report(rini, query, (photo(), "baik.jpg"), (photos.SVG, "kasir.jpg"), (b"", "kosong.jpg"), status=422)
    beside = page.select_one("#files-error").text
    assert f"kasir.jpg: {faults.UNKNOWN}" in beside and f"kosong.jpg: {faults.EMPTY}" in beside
    assert errors(page)["files"] and alert(page) and value(page, "title") == "Printer mati"
    [box] = page.select("input[name=upload]")
    assert box.has_attr("checked") and page.find("label", attrs={"for": box["id"]}).text == "baik.jpg"
    assert rini.client.get(page.select_one(".files img")["src"]).mimetype == "image/jpeg"
    fields = {"upload": box["value"], f"alt-{box['value']}": "Layar kasir mati", "token": value(page, "token")}
    shown = rini.post("/problems", follow=True, **form_data.report(query, **fields))
    assert [one["alt"] for one in shown.select(".attached img")] == ["Layar kasir mati"]
    assert stored(query) == {"problem": 1, "attachment": 1, "file": 1, "upload": 0, "blob": 2}


def test_files_are_kept_where_a_word_is_missing(person, query):
    page = report(person("rini"), query, photo(), status=422, description="")
    assert errors(page) == {"description": "Ceritakan apa yang terjadi."} and len(page.select("[name=upload]")) == 1


def test_a_photo_beside_a_usual_trouble_is_shown_without_a_description(person, query):
    trouble = id_of(query, "trouble", "Kertas macet")
    report(person("rini"), query, photo(), title="", description="", trouble=trouble)
    page = person("rini").get(f"/problems/{newest(query)}")
    assert len(page.select(".attached li")) == 1 and not page.find("h2", string="Deskripsi")


def test_files_are_kept_while_a_caller_is_looked_up(person, query):
    page = report(person("hadi"), query, photo(), status=200, step="caller", caller="Rini")
    assert len(page.select("[name=upload]")) == 1


def test_a_file_whose_tick_is_taken_away_is_not_sent(person, query):
    page = report(person("rini"), query, photo(), other_photo(), status=422, description="")
    keep = page.select("[name=upload]")[1]["value"]
    report(person("rini"), query, upload=keep)
    assert query.one("SELECT id FROM attachment")["id"] == int(keep) and amount(query, "upload") == 1


def test_five_are_sent_and_six_are_refused(person, query):
    page = report(person("rini"), query, *map(other_photo, range(0, 240, 40)), status=422)
    assert "Paling banyak 5" in errors(page)["files"] and len(page.select("[name=upload]")) == 5
    ids = [box["value"] for box in page.select("[name=upload]")]
    page = report(person("rini"), query, other_photo(255), status=422, upload=ids)
    assert "Paling banyak 5" in errors(page)["files"] and len(page.select("[name=upload]")) == 6
    report(person("rini"), query, upload=ids)
    assert amount(query, "attachment") == 5


def test_a_form_takes_60_mb_of_files(person, query, monkeypatch):
    monkeypatch.setattr(web_files, "MOST_OF_A_PERSON", len(photo()) + 10)
    page = report(person("rini"), query, (photo(), "a.jpg"), (photo(), "b.jpg"), status=422)
    assert errors(page)["files"].strip() == f"b.jpg: {faults.TOO_MUCH}" and len(page.select("[name=upload]")) == 1


def test_a_person_keeps_60_mb_that_were_not_sent(person, query, monkeypatch):
    monkeypatch.setattr(dao_files, "MOST_OF_A_PERSON", 3000)
    upload(person("rini"), photo())
    refused = upload(person("rini"), photos.pdf(bytes(1200)), status=429)
    assert "60 MB" in refused["message"] and amount(query, "upload") == 1
    upload(person("koko"), photos.pdf(bytes(1200)))


def test_a_large_file_is_read_and_answered_with_a_sentence(person, query):
    page = report(person("rini"), query, (b"\xff\xd8\xff" + bytes(40_000_000), "besar.jpg"), status=422)
    assert errors(page)["files"].strip() == f"besar.jpg: {faults.TOO_LARGE}"


def test_a_script_uploads_at_once_and_the_form_names_it(person, query):
    rini = person("rini")
    answer = upload(rini, photo(), "DCIM/Mesin.jpg")
    assert answer["name"] == "Mesin.jpg" and answer["is_photo"]
    assert rini.client.get(answer["url"] + "?small").mimetype == "image/jpeg"
    assert person("koko").client.get(answer["url"]).status_code == 404
    report(rini, query, upload=answer["id"])
    assert rini.client.get(answer["url"]).status_code == 404
    assert amount(query, "attachment") == 1


def test_a_script_is_told_why_a_file_is_not_taken(person):
    assert upload(person("rini"), photos.SVG, status=422) == {"message": faults.UNKNOWN}
    assert person("rini").client.post("/uploads", data=person("rini").tokens).status_code == 422
    in_english = upload(person("rini").speaks("en"), b"", status=422)
    assert in_english == {"message": "This file is empty."}


def test_a_file_of_somebody_else_is_not_sent(person, query):
    answer = upload(person("koko"), photo())
    page = report(person("rini"), query, status=422, upload=answer["id"])
    assert errors(page)["files"].strip() == faults.GONE
    assert amount(query, "problem") == 0 and amount(query, "upload") == 1


def test_what_was_uploaded_can_be_discarded_by_its_owner(person, query):
    answer = upload(person("rini"), photo())
    person("koko").post(f"/uploads/{answer['id']}/deletions", 404)
    assert amount(query, "upload") == 1
    for status in (200, 404):
        person("rini").post(f"/uploads/{answer['id']}/deletions", status)
    assert stored(query) == {"problem": 0, "attachment": 0, "file": 0, "upload": 0, "blob": 0}


def test_the_same_content_is_stored_once(person, query):
    for name in ("rini", "koko", "sari"):
        report(person(name), query, photo(), anyway="1")
    assert stored(query) == {"problem": 3, "attachment": 3, "file": 1, "upload": 0, "blob": 2}


def test_a_second_click_sends_the_files_once(person, query):
    form = form_data.report(query)
    for _ in range(3):  # the second may come because the answer to the first was lost
        person("rini").post("/problems", **form, **sent(photo()))
        assert person("rini").response.location == f"/problems/{newest(query)}"
    assert stored(query) == {"problem": 1, "attachment": 1, "file": 1, "upload": 0, "blob": 2}


def test_a_second_click_names_uploads_that_the_first_has_taken(person, query):
    form = form_data.report(query, upload=upload(person("rini"), photo())["id"])
    for _ in range(2):
        person("rini").post("/problems", **form)
    assert stored(query)["attachment"] == 1 and notes(person("rini").get("/problems"))


@pytest.mark.parametrize("with_form", [True, False])
def test_twenty_at_once_are_one_report_with_one_set_of_files(app, employees, query, with_form):
    form, people = form_data.report(query), [Person(app, employees["rini"]) for _ in range(20)]
    files = {} if with_form else {"upload": upload(people[0], photo())["id"]}
    for one in people:
        assert one.tokens

    def send(one: Person) -> str:
        one.post("/problems", **form, **(sent(photo()) if with_form else files))
        return one.response.location

    assert set(all_at_once([lambda one=one: send(one) for one in people])) == {f"/problems/{newest(query)}"}
    assert stored(query) == {"problem": 1, "attachment": 1, "file": 1, "upload": 0, "blob": 2}


def test_another_photo_after_sending_is_asked_about(person, query):
    form = form_data.report(query)
    person("rini").post("/problems", **form, **sent(photo()))
    page = person("rini").post("/problems", 409, **form, **sent(other_photo()))
    fields = {field["name"]: field.get("value", field.text) for field in page.select("main form [name]")}
    person("rini").post("/problems", **fields)
    assert stored(query)["problem"] == 2 and stored(query)["attachment"] == 2


def test_what_was_not_sent_is_gone_after_a_day(person, query, pool):
    report(person("rini"), query, photo())
    upload(person("rini"), photo()), upload(person("rini"), other_photo())
    query.execute("UPDATE upload SET at = at - interval '23 hours'")
    Worker(pool).sweep()
    assert amount(query, "upload") == 2
    query.execute("UPDATE upload SET at = at - interval '2 hours'")
    Worker(pool).sweep()
    assert stored(query) == {"problem": 1, "attachment": 1, "file": 1, "upload": 0, "blob": 2}


def test_photos_are_kept_for_ever_unless_a_setting_bounds_it(person, query, pool, settings):
    report(person("rini"), query, (photo(), "lama.jpg"), (other_photo(), "dua.jpg"))
    query.execute("UPDATE attachment SET at = at - interval '7 months'")
    report(person("koko"), query, (photo(), "baru.jpg"), anyway="1")
    Worker(pool, settings).sweep()
    assert amount(query, "file") == 2
    Worker(pool, dataclasses.replace(settings, photos_kept_months=6)).sweep()
    assert stored(query) == {"problem": 2, "attachment": 3, "file": 1, "upload": 0, "blob": 2}
    page = person("rini").get(f"/problems/{newest(query) - 1}")
    assert not page.select(".attached img")
    assert "Dihapus karena sudah lama: lama.jpg" in page.main.text
    first = query.one("SELECT min(id) AS id FROM attachment")["id"]
    person("rini").get(f"/problems/{newest(query) - 1}/files/{first}", 404)
    assert len(person("rini").get(f"/problems/{newest(query)}").select(".attached img")) == 1


def test_a_draft_of_a_lost_session_keeps_what_was_uploaded(person, query):
    rini = person("rini")
    form, tokens = form_data.report(query, upload=upload(rini, photo())["id"]), rini.tokens
    query.execute("DELETE FROM session")
    response = rini.client.post("/problems", data={**tokens, **form})
    assert response.status_code == 303
    draft = query.one("SELECT id FROM draft")["id"]
    again = Person(rini.client.application, rini.employee).get(f"/problems/new?draft={draft}")
    assert value(again, "upload") == str(form["upload"]) and value(again, "title") == form["title"]


def test_without_a_token_nothing_is_kept(person, query):
    response = person("rini").client.post("/uploads", data=sent(photo(), name="file"))
    assert response.status_code in (303, 400) and amount(query, "upload") == 0
    assert person(None).client.post("/uploads", data=sent(photo(), name="file")).status_code in (303, 400)


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "a\nb\r.jpg", "x" * 500 + ".jpg", "<script>.jpg", "\u202egpj.exe", "‮"]
)
def test_any_name_of_a_file_is_harmless(person, query, name):
    form = {**form_data.report(query), **person("rini").tokens}
    response = person("rini").client.post("/problems", data={**form, "files": [(io.BytesIO(photo()), name)]})
    assert response.status_code == 303
    number = newest(query)
    for address in links(person("rini").get(f"/problems/{number}")):
        disposition = person("rini").client.get(address).headers["Content-Disposition"]
        assert disposition.startswith("inline; filename*=UTF-8''") and disposition.isascii() and "\n" not in disposition


def test_alternative_texts_are_bounded_and_plain(person, query):
    number = upload(person("rini"), photo())["id"]
    report(person("rini"), query, upload=number, **{f"alt-{number}": "<b>\x00" + "x" * 500})
    assert len(query.one("SELECT description FROM attachment")["description"]) == 200


FORMS = {
    "comments": ("new", "rini", {"remark": "Begini layarnya."}, "remark"),
    "openings": ("new", "hadi", {"diagnosis": "Rol aus.", "priority": "high"}, "diagnosis"),
    "closures": ("in_progress", "hadi", {"solution": "Rol diganti."}, "solution"),
}
PLACES = {"comments": "Riwayat", "openings": "Diagnosis", "closures": "Solusi"}


@pytest.fixture(params=FORMS)
def action(request, person, problem, query):
    """A problem, and what sends a form with files to it: action.send(*files, status=..., **fields)."""
    return OfAnAction(request.param, person, problem, query)


class OfAnAction:
    def __init__(self, noun: str, person, problem, query) -> None:
        state, name, self.fields, self.text = FORMS[noun]
        self.noun, self.number, self.person = noun, problem(state), person(name)
        self.fields = {"token": str(uuid4()), "seen": self.person.seen(self.number), **self.fields}
        if noun == "openings":
            self.fields["category_id"] = form_data.opening(query)["category_id"]

    def send(self, *files, status: int = 303, **fields):
        sending = {**self.fields, **fields, **(sent(*files) if files else {})}
        return self.person.post(f"/problems/{self.number}/{self.noun}", status, **sending)


def test_remarks_diagnoses_and_solutions_have_photos_where_they_are_read(person, action, query):
    action.send((photo(), "satu.jpg"), (photos.pdf(), "nota.pdf"))
    shown = person("koko").get(f"/problems/{action.number}").select_one(".attached")
    assert shown.find_previous("h2").text == PLACES[action.noun]
    assert [link["href"] for link in shown.select("a")] == links(person("koko").get(f"/problems/{action.number}"))
    assert shown.img["alt"] == "Foto satu.jpg" and "nota.pdf" in shown.text
    assert stored(query) | {"blob": 0} == {"problem": 1, "attachment": 2, "file": 2, "upload": 0, "blob": 0}


def test_files_of_an_action_are_kept_where_one_is_refused(action, query):
    page = action.send((photo(), "baik.jpg"), (b"", "kosong.jpg"), status=422)
    field = page.select_one("[type=file]")
    assert page.find(id=field["aria-describedby"]).text.strip() == f"kosong.jpg: {faults.EMPTY}"
    assert value(page, action.text) == action.fields[action.text] and alert(page)
    [box] = page.select("[name=upload]")
    action.send(upload=box["value"])
    assert amount(query, "attachment") == 1


def test_files_of_an_action_are_kept_where_its_words_are_missing(action):
    page = action.send(photo(), status=422, **{action.text: ""})
    assert len(page.select("[name=upload]")) == 1


@pytest.mark.parametrize("with_form", [True, False])
def test_an_action_sent_again_has_its_files_once(action, query, with_form):
    named = {} if with_form else {"upload": upload(action.person, photo())["id"]}
    for _ in range(3):
        action.send(*([photo()] if with_form else []), **named)
    assert stored(query) == {"problem": 1, "attachment": 1, "file": 1, "upload": 0, "blob": 2}


def test_an_action_sent_by_twenty_at_once_has_its_files_once(app, employees, action, query):
    people = [Person(app, action.person.employee) for _ in range(20)]
    named = {"upload": upload(action.person, photo())["id"]}
    for one in people:
        assert one.tokens
    path = f"/problems/{action.number}/{action.noun}"
    all_at_once([lambda one=one: one.post(path, **action.fields, **named) for one in people])
    assert stored(query) == {"problem": 1, "attachment": 1, "file": 1, "upload": 0, "blob": 2}


def test_an_action_that_came_too_late_attaches_nothing(person, problem, query):
    number, hana = problem("in_progress"), person("hana")
    seen = hana.seen(number)
    person("hadi").act(number, "closures", solution="Sudah.")
    hana.act(number, "closures", 409, seen=seen, solution="Diganti.", **sent(photo()))
    assert amount(query, "attachment") == 0


def test_a_remark_with_another_photo_after_sending_is_shown_again(person, problem, query):
    number, form = problem(), {"remark": "Begini.", "token": str(uuid4())}
    person("rini").act(number, "comments", **form, **sent(photo()))
    page = person("rini").act(number, "comments", 409, **form, **sent(other_photo()))
    [box] = page.select("[name=upload]")
    form = {"remark": "Begini.", "token": value(page, "token"), "upload": box["value"]}
    person("rini").act(number, "comments", **form)
    assert amount(query, "attachment") == 2


def test_files_of_a_diagnosis_go_along_with_simpan_dan_alihkan(person, problem, query):
    """From the first step with its file to the second, back, and to the second again."""
    number, hadi = problem(), person("hadi")
    words = {**form_data.opening(query), "seen": hadi.seen(number)}
    second = hadi.post(f"/problems/{number}/escalations", 200, step="open", **words, **sent((photo(), "rol.jpg")))
    carried = second.select_one("[type=hidden][name=upload]")["value"]
    first = hadi.post(f"/problems/{number}/openings", 200, step="back", upload=carried, **words)
    assert value(first, "upload") == carried and "rol.jpg" in first.main.text
    assert amount(query, "attachment") == 0
    target = form_data.escalation(query, "Umum")
    for _ in range(2):
        hadi.post(f"/problems/{number}/escalations", upload=carried, **words, **target)
    page = hadi.get(f"/problems/{number}")
    assert page.select_one(".attached").find_previous("h2").text == "Diagnosis" and amount(query, "attachment") == 1


def test_a_file_that_is_refused_stays_on_the_first_step_of_simpan_dan_alihkan(person, problem, query):
    number, hadi = problem(), person("hadi")
    words = {**form_data.opening(query), "seen": hadi.seen(number)}
    page = hadi.post(f"/problems/{number}/escalations", 422, step="open", **words, **sent(photos.SVG))
    assert page.h1.text == "Buka Kendala" and faults.UNKNOWN in page.main.text


def test_the_photos_of_a_former_diagnosis_stay_in_the_history(person, problem, query):
    number, hadi = problem("in_progress"), person("hadi")
    hadi.act(number, "closures", solution="Rol diganti.", **sent(photo()))
    hadi.act(number, "reopenings", reason="Macet lagi.")
    page = hadi.get(f"/problems/{number}")
    assert page.select_one(".attached").find_parent("ol")["class"] == ["history"]


def test_in_english(person, query):
    page = report(person("rini").speaks("en"), query, (photos.SVG, "x.jpg"), status=422)
    assert errors(page)["files"].strip() == "x.jpg: This file is neither a photo (JPEG, PNG, WebP, HEIC) nor a PDF."
