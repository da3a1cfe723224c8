"""A person with a browser, as far as a page without JavaScript needs one. Every page fetched is checked."""

import functools
import re
from uuid import UUID

import html5lib
from bs4 import BeautifulSoup
from flask import Flask

from sih.dao.query import Query
from sih.dao.sessions import Sessions
from sih.domain import clock
from sih.domain.records import Employee

VALUES, WORDS = re.compile(r'(\w=")([^"]*)(?=")'), re.compile(r"(?<=>)[^<>&]*[^\s<>&][^<>&]*(?=<)")


class Person:
    def __init__(self, app: Flask, employee: Employee | None = None) -> None:
        self.client, self.employee, self._tokens, self._session = app.test_client(), employee, {}, None
        if employee:
            with self.client.session_transaction() as session:
                session.update({"_user_id": str(_started(app, employee)), "_fresh": True})

    def get(self, path: str, status: int = 200) -> BeautifulSoup:
        """The page at this path, which must answer with this status."""
        return self._page(self.client.get(path), status)

    def post(self, path: str, status: int = 303, follow: bool = False, **fields) -> BeautifulSoup:
        """Sends a form, with the tokens that a page gave; `follow` gives the page it leads to."""
        response = self.client.post(path, data={**self.tokens, **fields}, follow_redirects=follow)
        return self._page(response, 200 if follow else status)

    @property
    def tokens(self) -> dict[str, str]:
        """What every form of this person carries, in the session as it is now."""
        if self._session is None or self._session != self._session_now():
            is_signed_in = "_user_id" in self._session_now()
            page = self.get("/pin/new" if is_signed_in else "/login")
            fields = {name: page.select_one(f"main input[name={name}]") for name in ("csrf_token", "author")}
            self._tokens = {name: field["value"] for name, field in fields.items() if field}
            self._session = self._session_now()
        return self._tokens

    def speaks(self, language: str) -> "Person":
        """The same person, who has pressed the button of this language."""
        self.post("/language", language=language)
        return self

    def _session_now(self) -> dict:
        """Whose session it is, and its secret."""
        with self.client.session_transaction() as session:
            return {name: session[name] for name in ("_user_id", "csrf_token") if name in session}

    def act(self, problem_id: int, noun: str, status: int = 303, **fields) -> BeautifulSoup:
        """Does what the button on the problem's page does, now."""
        fields.setdefault("seen", self.seen(problem_id))
        return self.post(f"/problems/{problem_id}/{noun}", status, **fields)

    def seen(self, problem_id: int) -> str:
        """The state event that the problem's page carries for this person."""
        from bench.databases import opened  # noqa: PLC0415 - only the tests of actions need it

        with opened(self.client.application.extensions["pool"]) as query:
            sql = "SELECT last_event_id FROM problem WHERE id = %(id)s"
            return str(query.one(sql, {"id": problem_id})["last_event_id"])

    def _page(self, response, status: int) -> BeautifulSoup:
        assert response.status_code == status, response.get_data(as_text=True)
        self.response = response
        if response.mimetype != "text/html" or 300 <= response.status_code < 400:
            return BeautifulSoup("", "html.parser")
        return checked(response.get_data(as_text=True))


def _started(app: Flask, employee: Employee) -> UUID:
    """A session as a sign-in leaves it in the database."""
    query = Query(app.extensions["pool"])
    number, _ = Sessions(query).start(employee, clock.now(), "127.0.0.1", "")
    query.close()
    return number


def checked(text: str) -> BeautifulSoup:
    """A page that parses without an error, has a title, no id twice, and a token in each form that posts."""
    _parse_strictly(_shape(text))
    page = BeautifulSoup(text, "html.parser")
    assert page.title and page.title.text.strip(), "a page without a title"
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"an id twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    for form in page.find_all("form", method="post"):
        assert form.find(attrs={"name": "csrf_token"}), f"a form without a token: {form.get('action')}"
    return page


def _shape(text: str) -> str:
    """The page without what no fault of its markup can be in: words and values without an ampersand."""
    return WORDS.sub("x", VALUES.sub(lambda found: found[1] + (found[2] if "&" in found[2] else "x"), text))


@functools.lru_cache(500)
def _parse_strictly(text: str) -> None:
    """Raises html5lib's ParseError. Most pages have the shape of an earlier one, and parsing takes 50 ms."""
    html5lib.HTMLParser(strict=True).parse(text)
