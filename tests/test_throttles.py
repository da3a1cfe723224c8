"""Guessing is slowed down (docs/architecture.md, Safety): a NIK waits 30 s, doubling to 15 minutes; nobody can lock
a colleague out; an address waits only after many failures; counts are in the database, shared by all processes."""

import dataclasses

import pytest

from sih import create_app
from sih.background.worker import Worker
from sih.dao.query import Pool
from tests.company import PEOPLE, PIN
from tests.facts import alert
from tests.people import Person

MANY = """
INSERT INTO employee (nik, name, store_id) SELECT nik, 'Karyawan', 1 FROM unnest(%(niks)s) AS nik
"""
WRONG = "INSERT INTO wrong_pin (at) SELECT %(now)s FROM generate_series(1, %(amount)s)"
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


def test_a_waiting_nik_refuses_even_the_right_pin(browser, moved_clock):
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


def test_attempts_during_the_wait_do_not_extend_it(browser, moved_clock):
    somebody = browser()
    guess(somebody, times=5)
    moved_clock(seconds=20)
    assert [seconds(somebody) for _ in range(3)] == [10, 10, 10]


def test_the_right_pin_resets_the_count(browser):
    for _ in range(3):
        assert guess(browser(), times=4) == [401] * 4
        assert guess(browser(), pin=PIN) == [303]


def test_wrong_pins_expire_after_a_day(browser, moved_clock):
    guess(browser(), times=4)
    moved_clock(days=1, seconds=1)
    assert guess(browser(), times=5) == [401] * 5


def test_guesses_elsewhere_do_not_lock_out_a_known_browser(browser):
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
def test_a_forged_cookie_makes_no_browser_known(browser, cookie):
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


def test_an_address_may_try_again_after_ten_minutes(browser, moved_clock):
    assert guess(browser(), nik="99999999", times=31) == [404] * 30 + [429]
    moved_clock(minutes=10, seconds=1)
    assert guess(browser(), nik="99999999") == [404]


def test_thirty_wrong_pins_over_more_than_ten_minutes_are_allowed(browser, moved_clock):
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


def test_a_forged_forwarded_address_is_ignored(browser, settings, pool):
    app = create_app(dataclasses.replace(settings, trusted_proxies=1))
    app.extensions["pool"] = pool
    for number in range(30):
        headers = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.5"}
        guess(browser(of=app), nik="99999999", headers=headers)
    assert guess(browser(of=app), nik="99999999", headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.5"}) == [429]


@pytest.mark.parametrize(("trusted", "status"), [(0, 429), (1, 404)])
def test_an_address_in_a_header_counts_only_from_a_trusted_proxy(browser, settings, pool, trusted, status):
    app = create_app(dataclasses.replace(settings, trusted_proxies=trusted))
    app.extensions["pool"] = pool
    for number in range(30):
        guess(browser(of=app), nik="99999999", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert guess(browser(of=app), nik="99999999", headers={"X-Forwarded-For": "198.51.100.77"}) == [status]


def known_to(come, nik: str, address: str = "10.0.0.1") -> Person:
    """A browser in which this NIK signed in before, and out again."""
    somebody = come(address)
    assert guess(somebody, nik, PIN) == [303]
    somebody.post("/logout")
    return somebody


def look_up(somebody: Person, niks: list[str], path: str = "/searchUserAccount") -> list[int]:
    fields = somebody.tokens
    return [somebody.client.post(path, data={**fields, "nik": nik}).status_code for nik in niks]


@pytest.mark.parametrize("path", ["/searchUserAccount", "/login"])
def test_a_browser_that_knows_the_nik_never_waits_for_its_address(browser, path):
    known = known_to(browser, RINI)
    assert look_up(browser(), ["99999999"] * 31, path) == [404] * 30 + [429]
    assert look_up(known, [RINI], path) == [200]
    assert guess(known, pin=PIN) == [303]
    assert look_up(browser(), [KOKO], path) == [429]


def test_the_wrong_pins_of_known_browsers_do_not_make_the_address_wait(browser):
    for nik, *_ in PEOPLE.values():
        guess(known_to(browser, nik), nik, times=4)
    assert look_up(browser(), [KOKO]) == [200]


@pytest.mark.parametrize("path", ["/searchUserAccount", "/login"])
def test_niks_cannot_be_enumerated(browser, query, moved_clock, path):
    niks = [f"7{number:07}" for number in range(150)]
    query.execute(MANY, {"niks": niks})
    shared = browser()
    assert look_up(shared, niks, path) == [200] * 100 + [429] * 50
    assert look_up(browser(), niks[:1], path) == [429]
    assert look_up(browser("10.0.0.2"), [RINI], path) == [200]
    moved_clock(minutes=10, seconds=1)
    assert look_up(shared, [RINI], path) == [200]


def test_an_office_whose_people_sign_in_does_not_wait_for_its_names(browser):
    for _ in range(35):
        for nik in (RINI, KOKO, SARI):
            somebody = browser()
            assert look_up(somebody, [nik]) == [200]
            assert guess(somebody, nik, PIN) == [303]


def test_repeated_sign_ins_do_not_raise_the_limit_of_name_lookups(browser, query):
    niks = [f"7{number:07}" for number in range(110)]
    query.execute(MANY, {"niks": niks})
    assert look_up(browser(), niks)[99:] == [200] + [429] * 10
    for _ in range(3):
        assert guess(browser(), RINI, PIN) == [303]
    assert look_up(browser(), niks[100:]) == [429] * 10


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unix:", "unix:", True),
    ],
)
def test_an_address_of_ipv6_counts_by_its_first_64_bits(browser, one, other, is_same):
    assert guess(browser(one), "99999999", times=30) == [404] * 30
    assert guess(browser(other), "99999999") == [429 if is_same else 404]


@pytest.fixture
def alarmed(query, moved_clock):
    """A thousand and one wrong PINs were entered just now."""
    query.execute(WRONG, {"amount": 1001, "now": moved_clock()})


def test_during_an_alarm_a_new_browser_may_try_every_thirty_seconds(alarmed, browser, moved_clock):
    somebody = browser()
    assert guess(somebody) == [401]
    assert seconds(somebody) == 30
    moved_clock(seconds=20)
    assert seconds(browser(), KOKO) == 10
    assert guess(browser("10.0.0.2")) == [401]
    moved_clock(seconds=11)
    assert guess(browser(), pin=PIN) == [303]
    assert guess(browser(), KOKO, PIN) == [303]


def test_an_alarm_does_not_affect_known_browsers(browser, query, moved_clock):
    known = known_to(browser, RINI)
    query.execute(WRONG, {"amount": 1001, "now": moved_clock()})
    assert guess(known, KOKO, times=4) == [401] * 4
    assert guess(known, times=4) == [401] * 4
    assert guess(known, pin=PIN) == [303]


@pytest.mark.parametrize(("amount", "minutes"), [(1000, 0), (1001, 10)])
def test_a_thousand_or_expired_wrong_pins_raise_no_alarm(browser, query, moved_clock, amount, minutes):
    query.execute(WRONG, {"amount": amount, "now": moved_clock()})
    moved_clock(minutes=minutes)
    somebody = browser()
    assert guess(somebody) == [401]
    assert guess(somebody, KOKO) == [401]
    assert guess(somebody, SARI) == [401 if minutes else 429]


def test_only_wrong_pins_count_towards_the_alarm(browser, query):
    guess(browser(), times=4)
    guess(browser(), pin=PIN)
    guess(browser(), pin="")
    assert query.one("SELECT count(*) AS amount FROM wrong_pin")["amount"] == 4


@pytest.mark.parametrize(("limit", "answers"), [(2, [401, 401, 401, 401, 429]), (0, [401] * 5)])
def test_the_alarm_threshold_is_a_setting(settings, pool, browser, limit, answers):
    app = create_app(dataclasses.replace(settings, wrong_pins_alarm=limit))
    app.extensions["pool"] = pool
    assert [guess(browser(of=app), nik)[0] for nik in (RINI, KOKO, SARI, RINI, KOKO)] == answers


def test_only_admins_see_the_alarm_on_their_list(alarmed, person, moved_clock):
    for name in ("rini", "hadi", "susi"):
        assert not person(name).get("/problems").select("[role=alert]")
    page = person("adi").get("/problems")
    assert alert(page).startswith("Lebih dari 1.000 PIN salah dalam 10 menit terakhir")
    assert page.select_one(".list-head").find_next_sibling() == page.select_one("[role=alert]")
    moved_clock(minutes=10)
    assert not person("adi").get("/problems").select("[role=alert]")


def test_the_worker_sweeps_expired_counts(alarmed, query, pool, moved_clock):
    moved_clock(minutes=5)
    query.execute(WRONG, {"amount": 3, "now": moved_clock()})
    moved_clock(minutes=6)
    Worker(pool).sweep()
    assert query.one("SELECT count(*) AS amount FROM wrong_pin")["amount"] == 3
