"""Kode aktivasi of one person: removes the PIN and shows an activation code once."""

from flask import Blueprint, render_template

from sih import web
from sih.masters.nouns import EMPLOYEE
from sih.web.activation_pages import codes_page
from sih.web.master_pages import find

blueprint = Blueprint("activation_codes", __name__)


@blueprint.get("/employees/<id:employee_id>/activation-codes/new")
@web.admins_only
def new(employee_id: int):
    return render_template("activation_codes/new.html", row=find(EMPLOYEE, employee_id))


@blueprint.post("/employees/<id:employee_id>/activation-codes")
@web.admins_only
def create(employee_id: int):
    return codes_page([find(EMPLOYEE, employee_id)], takes_pins=True)
