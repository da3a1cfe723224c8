"""Profil: the own data, the editable e-mail address, language and theme."""

import pytest

from sih.dao.audits import signed
from sih.dao.profiles import Profiles
from tests.facts import alert, amount, errors, value
from tests.test_drafts import lose_session, send, sign_in_at

EMAIL = "SELECT email, version FROM employee WHERE nik = '10000001'"
AUDITS = "SELECT actor_id, source, noun, row_id, kind, changes FROM audit WHERE kind = 'changed'"
LONGEST = "a" * 188 + "@example.com"
WRONG = [
    "rini",
    "@example.com",
    "rini@",
    "rini@@example.com",
    "a@[",
    "a@b,c",
    "a@b.id,c@d.id",
    "a@b.id;c@d.id",
    "Rini <rini@example.com>",
    "a@b.id Bcc:c@d.id",
    "a..b@c.id",
    "ri ni@example.com",
    "a\u200bb@c.id",
    "a@b.id\u202e",
    "a@b\u2028.id",
]


def facts(page) -> dict[str, str]:
    terms = page.select("main .facts dt")
    return {term.text: " ".join(term.find_next("dd").text.split()) for term in terms}


@pytest.mark.parametrize(
    ("name", "recorded"),
    [
        ("rini", {"Peran": "Pelapor", "Toko": "T001 Kelapa Gading (WIB)"}),
        ("sari", {"Peran": "Pelapor", "Toko": "T002 Panakkukang (WITA)"}),
        ("gita", {"Peran": "Penanggung", "Toko": "T002 Panakkukang (WITA)", "Divisi": "Umum"}),
        ("pandu", {"Peran": "Penanggung", "Divisi": "IT › Aplikasi", "Departemen": "Kasir"}),
        ("susi", {"Peran": "Atasan"}),
        ("adi", {"Peran": "Admin"}),
    ],
)
def test_every_role_sees_the_own_profile(person, employees, name, recorded):
    page = person(name).get("/profile")
    places = {"Toko": "T001 Kelapa Gading (WIB)"} | recorded
    assert facts(page) == {"NIK": employees[name].nik, "Nama": name.capitalize(), **places}
    assert "hanya dapat diubah oleh admin" in page.main.text


def test_the_account_menu_links_to_profile_and_pin(person):
    menu = person("rini").get("/problems").select(".account-menu a")
    assert [(link.text, link["href"]) for link in menu] == [("Profil", "/profile"), ("Ganti PIN", "/pin/new")]
    assert person("rini").get("/profile").select_one("main a[href='/pin/new']").text == "Ganti PIN"


def test_a_visitor_is_asked_to_sign_in(person, query):
    nobody = person(None)
    nobody.get("/profile", 302)
    assert nobody.response.location == "/login?next=/profile"
    nobody.post("/profile", email="rini@example.com")
    assert nobody.response.location.startswith("/login")
    assert query.one(EMAIL)["email"] == ""


@pytest.mark.parametrize("name", ["rini", "hadi", "susi", "adi"])
def test_every_role_changes_only_the_own_email_address(person, query, employees, name):
    person(name).post("/profile", email=f" {name}@example.com ")
    assert person(name).response.location == "/profile"
    page = person(name).get("/profile")
    assert "E-mail Anda sudah disimpan." in page.text and value(page, "email") == f"{name}@example.com"
    changed = query.select("SELECT id, email FROM employee WHERE email <> ''")
    assert changed == [{"id": employees[name].id, "email": f"{name}@example.com"}]


def test_the_audit_log_holds_author_old_and_new_email_address(person, query, employees):
    rini = employees["rini"].id
    person("rini").post("/profile", email="rini@example.com")
    person("rini").post("/profile", email="")
    written = {"actor_id": rini, "source": "page", "noun": "employee", "row_id": rini, "kind": "changed"}
    changes = [{"email": ["", "rini@example.com"]}, {"email": ["rini@example.com", ""]}]
    assert query.select(AUDITS + " ORDER BY id") == [{**written, "changes": change} for change in changes]


def test_a_double_submission_changes_the_profile_once(person, query):
    for _ in range(2):
        person("rini").post("/profile", email="rini@example.com")
    assert query.one_or_none(EMAIL) == {"email": "rini@example.com", "version": 2}
    assert len(query.select(AUDITS)) == 1


@pytest.mark.parametrize("email", WRONG)
def test_an_invalid_email_address_is_explained_and_stays_typed(person, query, email):
    page = person("rini").post("/profile", 422, email=email)
    assert alert(page) == "Harap isi form dengan benar!"
    assert errors(page) == {"email": "Alamat e-mail ini tidak benar."}
    assert value(page, "email") == email
    assert query.one_or_none(EMAIL) == {"email": "", "version": 1}


def test_an_email_address_may_have_200_characters(person, query):
    page = person("rini").post("/profile", 422, email="a" + LONGEST)
    assert errors(page) == {"email": "Paling banyak 200 karakter; ini kelebihan 1."}
    assert value(page, "email") == "a" + LONGEST
    person("rini").post("/profile", email=LONGEST)
    assert query.one(EMAIL)["email"] == LONGEST


def test_a_form_without_the_field_keeps_the_email_address(person, query, employees, moved_clock):
    with signed(query, moved_clock(), employees["rini"].id):
        Profiles(query).set_email(employees["rini"].id, "rini@example.com")
    person("rini").post("/profile", 422)
    assert query.one(EMAIL)["email"] == "rini@example.com"


def test_without_a_csrf_token_nothing_changes(person, query):
    assert person("rini").client.post("/profile", data={"email": "rini@example.com"}).status_code == 400
    assert query.one(EMAIL)["email"] == ""


def test_a_lost_session_keeps_what_was_typed(person, query):
    rini = person("rini")
    tokens = rini.tokens
    lose_session(rini)
    page = sign_in_at(rini, send(rini, "/profile", tokens, email="rini@example"), "10000001")
    assert page.h1.text == "Profil" and value(page, "email") == "rini@example"
    assert query.one(EMAIL)["email"] == ""


def test_the_profile_changes_language_and_theme(person):
    rini = person("rini")
    assert pressed(rini.get("/profile")) == ["Bahasa Indonesia", "Otomatis", "Daftar Kendala", "Nyala"]
    for path, fields in (("/language", {"language": "en"}), ("/theme", {"theme": "dark"})):
        form = rini.get("/profile").select_one(f"main form[action='{path}']")
        page = rini.post(path, follow=True, next=form.select_one("[name=next]")["value"], **fields)
        assert page.h1 and page.select_one("main form[action='/profile']")
    assert pressed(page) == ["English", "Dark", "Problem List", "On"]


def test_every_language_and_theme_is_offered(person):
    buttons = person("rini").get("/profile").select("main [aria-pressed]")
    chosen = [(button["name"], button["value"], button.text) for button in buttons]
    assert chosen[:2] == [("language", "id", "Bahasa Indonesia"), ("language", "en", "English")]
    assert chosen[2:5] == [("theme", "auto", "Otomatis"), ("theme", "light", "Terang"), ("theme", "dark", "Gelap")]


def test_in_english(person):
    page = person("rini").speaks("en").get("/profile")
    assert page.h1.text == "Profile" and facts(page)["Role"] == "Reporter"
    assert errors(person("rini").post("/profile", 422, email="x")) == {"email": "This email address is not valid."}


def test_viewing_the_profile_writes_nothing(person, query):
    rini = person("rini")
    before = amount(query, "audit"), amount(query, "session")
    rini.get("/profile")
    assert (amount(query, "audit"), amount(query, "session")) == before


def pressed(page) -> list[str]:
    return [button.text for button in page.select("main [aria-pressed=true]")]
