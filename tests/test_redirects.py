"""A redirect never leaves this site, whatever an address or a form says about where to go next."""

from urllib.parse import urlsplit

import pytest

from tests import company

pytestmark = pytest.mark.shared_database  # only where each answer leads is looked at
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    " //evil.example/",
    "javascript:alert(1)",
    "http:evil.example",
    "//[evil",
    "http://[::1",
    "//evil.example\uff0f",
    "/problems\r\nSet-Cookie: sih=1",
    "evil.example",
    "@evil.example",
    "\x00//evil.example",
]


def stays_here(response) -> bool:
    place = urlsplit(response.location)
    return not place.scheme and not place.netloc and place.path in ("/problems", "/login") and "sih" not in place.query


def sign_in(client, page, **fields):
    token = page.select_one("main input[name=csrf_token]")["value"]
    return client.post("/login", data={"csrf_token": token, "nik": "10000001", "pin": company.PIN, **fields})


@pytest.mark.parametrize("place", ELSEWHERE)
def test_signing_in_redirects_only_to_this_site(person, place):
    nobody = person(None)
    page = nobody.get("/login")
    assert stays_here(sign_in(nobody.client, page, next=place))
    assert stays_here(nobody.client.get("/login", query_string={"next": place}))


@pytest.mark.parametrize("place", ELSEWHERE)
def test_the_sign_in_page_drops_a_foreign_address(person, place):
    nobody = person(None)
    page = nobody._page(nobody.client.get("/login", query_string={"next": place}), 200)
    assert page.select("main input[name=next]") == []
    assert all(field["value"].startswith("/login?") for field in page.select("input[name=next]"))


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_change_of_language_or_theme_redirects_only_to_this_site(person, place):
    for path, fields in (("/language", {"language": "en"}), ("/theme", {"theme": "dark"})):
        person("rini").post(path, next=place, **fields)
        assert stays_here(person("rini").response)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_an_action_redirects_only_to_this_site(person, problem, place):
    number = problem("in_progress")
    person("hadi").act(number, "closures", solution="Kabel diganti.", next=place)
    assert person("hadi").response.location in (f"/problems/{number}", f"/problems/{number}#p{number}")


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_form_of_master_data_links_only_to_this_site(person, place):
    adi = person("adi")
    page = adi._page(adi.client.get("/stores/new", query_string={"next": place}), 200)
    assert page.main.find("a", string="Batal")["href"] == "/stores"
    page = adi.get("/stores/new?next=/employees/new")
    assert page.main.find("a", string="Batal")["href"] == "/employees/new"


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_lost_session_redirects_only_to_this_site(person, problem, place):
    hadi = person("hadi")
    fields = {**hadi.tokens, "next": place, "seen": hadi.seen(problem("in_progress"))}
    hadi.client.delete_cookie("sih")
    for noun in ("closures", "acceptances"):
        response = hadi.client.post(f"/problems/{problem('in_progress')}/{noun}", data=fields)
        assert (response.status_code, urlsplit(response.location).path) == (303, "/login")
        assert "evil" not in response.location


def test_signing_in_returns_to_the_requested_page(person, problem):
    nobody, where = person(None), f"/problems/{problem()}?x=%C3%A9"
    page = nobody.get(nobody.client.get(where).location)
    next_url = page.select_one("main input[name=next]")["value"]
    assert sign_in(nobody.client, page, next=next_url).location == where
