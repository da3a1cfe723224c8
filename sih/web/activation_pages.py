"""The page that shows new activation codes. They are shown once; only their hashes are stored."""

from flask import make_response, render_template

from sih import web
from sih.dao.audits import signed
from sih.dao.employees import ACTIVATION_DAYS, Employees
from sih.domain import pins
from sih.web import application, security_events


def codes_page(people: list[dict], takes_pins: bool):
    """Issues a code for each of `people` (dicts with id, nik, name, store, store_name) and renders them, uncached.
    `takes_pins`: people with a PIN lose it and get a code too; otherwise they keep their PIN and get none."""
    key = application.settings().pin_key
    codes = {person["id"]: pins.new_code() for person in people}
    kept = [{"id": number, "code_hmac": pins.code_hmac(code, key)} for number, code in codes.items()]
    with signed(web.query(), web.now(), web.me().id, origin=security_events.here()):
        issued = Employees(web.query()).issue_codes(kept, web.now(), takes_pins)
    slips = [(person, codes[person["id"]]) for person in people if person["id"] in issued]
    response = make_response(render_template("activation_codes/show.html", slips=slips, days=ACTIVATION_DAYS))
    response.headers["Cache-Control"] = "no-store"
    return response
