"""Karyawan: accounts with role, store and division. The problems of a handler who changes division are handed on."""

from sih import web
from sih.dao.handovers import Handovers
from sih.masters.nouns import EMPLOYEE
from sih.web.master_pages import Extra, blueprint_of

REASON = "Pemegangnya pindah."  # an event's note; the history is in Indonesian


def _waiting(row: dict) -> dict:
    return {"waiting": Handovers(web.query()).amount(row["id"])}


def _hand_on(employee_id: int) -> None:
    Handovers(web.query()).hand_on_if_gone(employee_id, web.me(), web.now(), REASON)


blueprint = blueprint_of(EMPLOYEE, Extra(_waiting, _hand_on))
