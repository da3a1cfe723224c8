"""Lembar kode aktivasi: a code for everybody of a store who has no PIN yet, to be printed and handed out."""

from flask import Blueprint, render_template

from sih import web
from sih.activation_pages import codes_page
from sih.dao.employees import Employees
from sih.master_pages import find
from sih.masters.nouns import STORE

blueprint = Blueprint("activation_sheets", __name__)


@blueprint.get("/stores/<id:store_id>/activation-sheets/new")
@web.admins_only
def new(store_id: int):
    people = Employees(web.query()).without_pin(store_id)
    return render_template("activation_sheets/new.html", store=find(STORE, store_id), people=people)


@blueprint.post("/stores/<id:store_id>/activation-sheets")
@web.admins_only
def create(store_id: int):
    find(STORE, store_id)
    return codes_page(Employees(web.query()).without_pin(store_id), takes_pins=False)
