"""The pages of every noun of master data: list, form of a new row, form of an existing row. Differences are declared in
sih/masters; what only one noun has is in its controller."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for

from sih import web
from sih.dao.audits import signed
from sih.dao.masters import Masters, References
from sih.domain.errors import NotFound, RuleViolated
from sih.domain.text import clean
from sih.forms import master_filters
from sih.forms.masters import FORMS, MasterForm, is_typed
from sih.masters import BY_NAME, NOUNS, Noun
from sih.web import security_events
from sih.web.i18n import gettext

MOST_FOUND = 20  # rows offered for what was typed into a reference


@dataclass(frozen=True)
class Extra:
    """What only one noun has: `context` returns the variables of masters/_<noun>.html for a row; `changed` is called
    with the id of a changed row, in the same transaction."""

    context: Callable[[dict], dict] = lambda row: {}
    changed: Callable[[int], None] = lambda row_id: None


def blueprint_of(noun: Noun, extra: Extra = Extra()) -> Blueprint:
    name = noun.plural.replace("-", "_")
    blueprint, pages = Blueprint(name, noun.name, url_prefix=f"/{noun.plural}"), Pages(noun, extra)
    blueprint.get("")(web.admins_only(pages.index))
    blueprint.get("/new")(web.admins_only(pages.new))
    blueprint.post("")(web.admins_only(pages.create))
    blueprint.get("/<id:row_id>/edit")(web.admins_only(pages.edit))
    blueprint.post("/<id:row_id>")(web.admins_only(pages.update))
    return blueprint


def find(noun: Noun, row_id: int) -> dict:
    """The row with this id, with the columns of its file. Raises NotFound."""
    row = Masters(web.query(), noun).find(row_id) if row_id < 2**31 else None
    if row is None:
        raise NotFound
    return row


class Pages:
    def __init__(self, noun: Noun, extra: Extra) -> None:
        self._noun, self._extra = noun, extra

    def index(self):
        reading = master_filters.parse(request.args, self._noun)
        rows, has_more = self._rows.page(reading.filters, reading.after)
        return render_template(
            "masters/index.html",
            noun=self._noun,
            nouns=NOUNS,
            rows=rows,
            reading=reading,
            query_args=master_filters.query_args_of(reading),
            next_cursor=master_filters.cursor_of(rows[-1]) if has_more else None,
            choices={name: self._choices(name) for name in self._noun.filters},
        )

    def new(self):
        return self._page(self._form(web.typed()))

    def create(self):
        form = self._form(request.form)
        if self._asks(form):
            return self._page(form)
        facts = form.facts(References(web.query()).find)
        if facts is None:
            return self._page(form), 422
        facts = self._noun.defaults | facts
        return self._written(form, facts, lambda: self._rows.create([facts]), gettext("Tersimpan."))

    def edit(self, row_id: int):
        row = self._find(row_id)
        return self._page(self._form(web.typed() or None, row))

    def update(self, row_id: int):
        row = self._find(row_id)
        form = self._form(request.form, row)
        if self._asks(form):
            return self._page(form)
        facts = form.facts(References(web.query()).find)
        if facts is None:
            return self._page(form), 422
        if self._is_as(row, facts):
            return self._done(gettext("Tersimpan."))
        if row["version"] != web.seen():
            return self._page(form, is_stale=True), 409
        facts = {column.name: row[column.name] for column in self._noun.columns} | facts
        change = facts | {"id": row_id, "version": web.seen()}
        return self._written(form, facts, lambda: self._change(change), gettext("Perubahan tersimpan."))

    def _change(self, change: dict) -> int:
        amount = self._rows.change([change])
        if amount:
            self._extra.changed(change["id"])
        return amount

    def _written(self, form: MasterForm, facts: dict, write, message: str):
        try:
            with signed(web.query(), web.now(), web.me().id, origin=security_events.here()):
                amount = write()
        except RuleViolated as error:
            if not form.refuse(error.constraint):
                raise
            return self._done(message) if self._was_sent_before(form, facts) else (self._page(form), 422)
        if amount:
            return self._done(message)
        form.present = form.present and self._find(form.present["id"])
        return self._page(form, is_stale=True), 409

    def _was_sent_before(self, form: MasterForm, facts: dict) -> bool:
        """Whether this is a second click on a new row: a row with exactly these facts exists already."""
        words = facts[self._noun.key[-1]]
        rows, _ = self._rows.page({"words": words}) if form.present is None else ([], False)
        return any(self._is_as(row, facts) for row in rows)

    def _is_as(self, row: dict, facts: dict) -> bool:
        return all(row[name] == fact for name, fact in facts.items())

    def _done(self, message: str):
        flash(message)
        place = web.local_path(request.form.get("next"))
        return redirect(place or url_for(f"{self._noun.plural.replace('-', '_')}.index"), 303)

    def _page(self, form: MasterForm, is_stale: bool = False):
        return render_template(
            "masters/form.html", noun=self._noun, nouns=NOUNS, form=form, row=form.present, is_stale=is_stale,
            found=self._found(form), is_typed=is_typed, **(self._extra.context(form.present) if form.present else {}),
        )  # fmt: skip

    def _form(self, typed, row: dict | None = None) -> MasterForm:
        form = FORMS[self._noun.name](typed, data=row)
        form.present = row
        shorts = {column.of for column in form.columns if column.kind == "reference" and not is_typed(column)}
        return form.offer({name: Masters(web.query(), BY_NAME[name]).offered() for name in shorts})

    def _asks(self, form: MasterForm) -> bool:
        """Whether the form was sent by "Cari" or by choosing a result, the buttons used without JavaScript. A chosen
        value is put into its field."""
        column, _, value = clean(request.form.get("choose")).partition(":")
        if column in form and value:
            form[column].data = value
        return bool(request.form.get("find") or value)

    def _found(self, form: MasterForm) -> dict[str, list[dict]]:
        """Rows that match what was typed, for each reference column that was searched or has an error."""
        columns = {clean(request.form.get("find"))} | set(form.errors)
        return {
            column.name: self._like(column.of, master_filters.words_of(form[column.name].data))
            for column in form.columns
            if is_typed(column) and column.name in columns
        }

    def _like(self, noun: str, words: str) -> list[dict]:
        if not master_filters.is_searchable(words):
            return []
        return Masters(web.query(), BY_NAME[noun]).page({"words": words, "active": "yes"}, size=MOST_FOUND)[0]

    def _choices(self, name: str) -> list[tuple[str, str]] | None:
        column = self._noun.column(name)
        if column.kind == "choice":
            return [(kept, words[0]) for kept, words in column.words.items()]
        return None if is_typed(column) else [(key, key) for key in Masters(web.query(), BY_NAME[column.of]).offered()]

    def _find(self, row_id: int) -> dict:
        return find(self._noun, row_id)

    @property
    def _rows(self) -> Masters:
        return Masters(web.query(), self._noun)
