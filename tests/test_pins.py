"""Ganti PIN: an employee changes the own PIN with the current one; no PIN is ever shown."""

import pytest

from tests.company import PIN
from tests.concurrency import before_one_employee
from tests.facts import alert, errors
from tests.people import Person

NEW = "508213"
HASH = "SELECT pin_hash FROM employee WHERE nik = '10000001'"


def change(person, status: int = 303, pin: str = PIN, new: str = NEW, repeated: str | None = None):
    repeated = new if repeated is None else repeated
    return person("rini").post("/pin", status, pin=pin, new_pin=new, repeated_pin=repeated)


def test_the_new_pin_opens_the_account_and_the_old_one_does_not(person, employees):
    change(person)
    assert "PIN Anda sudah diganti." in person("rini").get("/problems").text
    nik, nobody = employees["rini"].nik, person(None)
    nobody.post("/login", 401, nik=nik, pin=PIN)
    nobody.post("/login", nik=nik, pin=NEW)


def test_every_role_can_change_the_own_pin(person):
    for name in ("rini", "hadi", "susi", "adi"):
        assert person(name).get("/pin/new").h1.text == "Ganti PIN"


def test_a_wrong_current_pin_changes_nothing(person, query):
    before = query.one_or_none(HASH)
    page = change(person, 401, pin="000000")
    assert alert(page) == "PIN sekarang salah."
    assert query.one_or_none(HASH) == before


def test_a_double_submission_changes_the_pin_once(person, query):
    change(person)
    after = query.one_or_none(HASH)
    change(person, 401)
    assert query.one_or_none(HASH) == after


def test_guesses_of_the_current_pin_are_throttled(person, moved_clock):
    for _ in range(5):
        change(person, 401, pin="000000")
    assert alert(change(person, 429)) == "Terlalu banyak percobaan. Silakan coba lagi dalam 30 detik."
    moved_clock(seconds=31)
    change(person)


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ({"pin": ""}, {"pin": "Masukkan PIN Anda sekarang."}),
        ({"new": ""}, {"new_pin": "Masukkan PIN baru.", "repeated_pin": "Ulangi PIN baru."}),
        ({"new": "12345"}, {"new_pin": "PIN terdiri dari 6 sampai 20 angka."}),
        ({"new": "abcdefgh"}, {"new_pin": "PIN terdiri dari 6 sampai 20 angka."}),
        ({"new": "123456\x00"}, {"new_pin": "PIN terdiri dari 6 sampai 20 angka."}),
        ({"repeated": "508214"}, {"repeated_pin": "Kedua PIN tidak sama."}),
    ],
)
def test_invalid_input_is_explained_beside_the_field(person, query, fields, messages):
    before = query.one_or_none(HASH)
    page = change(person, 422, **fields)
    assert alert(page) == "Harap isi form dengan benar!"
    assert errors(page) == messages
    assert query.one_or_none(HASH) == before


def test_no_pin_is_shown_again(person):
    page = change(person, 422, repeated="508214").decode()
    assert not any(pin in page for pin in (PIN, NEW, "508214"))


def test_of_two_concurrent_changes_the_second_is_refused_and_the_first_keeps_its_session(app, database, employees):
    rini = employees["rini"]
    browsers = {new: Person(app, rini) for new in ("508213", "640285")}

    def change_to(new: str):
        form = {**browsers[new].tokens, "pin": PIN, "new_pin": new, "repeated_pin": new}
        return lambda: browsers[new].client.post("/pin", data=form)

    answers = before_one_employee(database, rini.id, map(change_to, browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    for (new, one), answer in zip(browsers.items(), answers, strict=True):
        is_first = answer.status_code == 303
        assert is_first or "PIN yang Anda kirim tidak disimpan." in answer.text
        assert one.client.get("/problems").status_code == (200 if is_first else 302)
        Person(app).post("/login", 303 if is_first else 401, nik=rini.nik, pin=new)


def test_in_english(person):
    person("rini").speaks("en")
    assert alert(change(person, 401, pin="000000")) == "The present PIN is wrong."
    assert errors(change(person, 422, new="1")) == {"new_pin": "A PIN has 6 to 20 digits."}
