"""Guessing is slowed down (design: safety): a NIK waits 30 s, doubling to 15 minutes; nobody locks a colleague out; an
address waits only after many; all of it counted in the database, whichever process is asked."""

import dataclasses

import pytest

from sih import create_app
from sih.dao.query import Pool
from tests.company import PEOPLE, PIN
from tests.facts import alert
from tests.people import Person

RINI, KOKO, SARI = (PEOPLE[name][0] for name in ("rini", "koko", "sari"))


@pytest.fixture
def browser(app, moved_clock):
    """A new browser each time it is called, at the address that is named."""
    moved_clock()

    def come(address: str = "10.0.0.1", of=app) -> Person:
        somebody = Person(of)
        somebody.client.environ_base["REMOTE_ADDR"] = address
        return somebody

    return come


def guess(somebody: Person, nik: str = RINI, pin: str = "000000", times: int = 1, **more) -> list[int]:
    """What each attempt is answered with."""
    fields = {**somebody.tokens, "nik": nik, "pin": pin}
    return [somebody.client.post("/login", data=fields, **more).status_code for _ in range(times)]


def seconds(somebody: Person, nik: str = RINI) -> int:
    """How long this NIK has to wait, as the page says."""
    words = alert(somebody.post("/login", 429, nik=nik, pin="000000"))
    return int("".join(letter for letter in words if letter.isdecimal()))


def test_the_fifth_wrong_pin_makes_the_nik_wait(browser):
    assert guess(browser(), times=7) == [401] * 5 + [429] * 2


def test_the_right_pin_does_not_help_while_it_waits(browser, moved_clock):
    guess(browser(), times=5)
    assert guess(browser(), pin=PIN) == [429]
    moved_clock(seconds=31)
    assert guess(browser(), pin=PIN) == [303]


def test_the_wait_doubles_up_to_fifteen_minutes(browser, moved_clock):
    somebody, waits = browser(), []
    guess(somebody, times=4)
    for round in range(7):
        guess(browser(f"10.0.1.{round}"))
        waits.append(seconds(somebody))
        moved_clock(seconds=waits[-1] + 1)
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_asking_while_it_waits_makes_it_no_longer(browser, moved_clock):
    somebody = browser()
    guess(somebody, times=5)
    moved_clock(seconds=20)
    assert [seconds(somebody) for _ in range(3)] == [10, 10, 10]


def test_the_right_pin_begins_the_count_anew(browser):
    for _ in range(3):
        assert guess(browser(), times=4) == [401] * 4
        assert guess(browser(), pin=PIN) == [303]


def test_a_day_later_nothing_is_held_against_one(browser, moved_clock):
    guess(browser(), times=4)
    moved_clock(days=1, seconds=1)
    assert guess(browser(), times=5) == [401] * 5


def test_nobody_locks_a_colleague_out_of_a_browser_that_is_known(browser):
    known = browser()
    assert guess(known, pin=PIN) == [303]
    known.post("/logout")
    guess(browser("10.0.0.2"), times=6)
    assert guess(browser("10.0.0.3"), pin=PIN) == [429]
    assert guess(known, pin=PIN) == [303]


def test_a_known_browser_has_a_count_of_its_own(browser):
    known = browser()
    guess(known, pin=PIN)
    known.post("/logout")
    assert guess(known, times=6) == [401] * 5 + [429]
    assert guess(browser(), pin=PIN) == [303]


def test_a_browser_is_known_for_thirty_days(browser, moved_clock):
    known = browser()
    guess(known, pin=PIN)
    known.post("/logout")
    moved_clock(days=30, seconds=1)
    guess(browser("10.0.0.2"), times=5)
    assert guess(known, pin=PIN) == [429]


@pytest.mark.parametrize("cookie", ["", "x", "WyJhIixbXV0.AAAA", "\u00fc", "1" * 3000])
def test_a_cookie_that_is_not_ours_makes_no_browser_known(browser, cookie):
    guess(browser("10.0.0.2"), times=5)
    somebody = browser()
    somebody.client.set_cookie("sih_browser", cookie)
    assert guess(somebody, pin=PIN) == [429]


def test_an_address_waits_after_thirty_wrong_pins(browser, query):
    for nik in [RINI, KOKO, SARI] + [nik for nik, *_ in PEOPLE.values()][3:7]:
        guess(browser(), nik=nik, times=5)
    page = browser().post("/login", 429, nik=PEOPLE["adi"][0], pin=PIN)
    assert "Adi" not in page.text and "600 detik" in alert(page)
    assert guess(browser("10.0.0.2"), nik=PEOPLE["adi"][0], pin=PIN) == [303]


def test_ten_minutes_later_the_address_may_ask_again(browser, moved_clock):
    assert guess(browser(), nik="99999999", times=31) == [404] * 30 + [429]
    moved_clock(minutes=10, seconds=1)
    assert guess(browser(), nik="99999999") == [404]


def test_thirty_in_more_than_ten_minutes_are_not_too_many(browser, moved_clock):
    assert guess(browser(), nik="99999999", times=29) == [404] * 29
    moved_clock(minutes=10, seconds=1)
    assert guess(browser(), nik="99999999", times=29) == [404] * 29


def test_a_store_whose_people_sign_in_does_not_wait(browser):
    for _ in range(10):
        for nik in (RINI, KOKO, SARI, PEOPLE["hadi"][0]):
            assert guess(browser(), nik=nik, pin=PIN) == [303]


def test_every_process_counts_the_same(browser, settings, database):
    other = create_app(settings)
    other.extensions["pool"] = Pool(**database)
    guess(browser(), times=3)
    assert guess(browser(of=other), times=3) == [401, 401, 429]
    assert guess(browser(), pin=PIN) == [429]
    other.extensions["pool"].close()


def test_what_a_visitor_writes_before_the_proxys_address_does_not_count(browser, settings, pool):
    app = create_app(dataclasses.replace(settings, trusted_proxies=1))
    app.extensions["pool"] = pool
    for number in range(30):
        told = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.5"}
        guess(browser(of=app), nik="99999999", headers=told)
    assert guess(browser(of=app), nik="99999999", headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.5"}) == [429]


@pytest.mark.parametrize(("trusted", "status"), [(0, 429), (1, 404)])
def test_an_address_in_a_header_counts_only_from_a_trusted_proxy(browser, settings, pool, trusted, status):
    app = create_app(dataclasses.replace(settings, trusted_proxies=trusted))
    app.extensions["pool"] = pool
    for number in range(30):
        guess(browser(of=app), nik="99999999", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert guess(browser(of=app), nik="99999999", headers={"X-Forwarded-For": "198.51.100.77"}) == [status]
