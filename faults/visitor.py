"""An HTTP client that acts as a person: each request on a connection of its own; any answer is returned."""

import http.client
import re
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from uuid import uuid4

from bench.client import HOST
from bench.session import hidden

PATIENCE = 30.0  # seconds for an answer; db_timeout of the program under test is shorter
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class NoAnswer(Exception):
    """The connection was refused, broke, or stayed silent: whether something was stored is unknown."""


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str


class Visitor:
    """Signs in by itself when an answer says that the session is lost."""

    def __init__(self, ports: list[int], nik: str, pin: str, address: str = HOST) -> None:
        """`ports`: of each application that may answer, taken in turn; `address`: from where, as a proxy tells it."""
        self._ports, self._nik, self._pin, self._address, self._turn = ports, nik, pin, address, 0
        self._cookies: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._browser = f"faults/{uuid4()}"

    def get(self, path: str) -> Answer:
        """Raises NoAnswer."""
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Sends a form with its tokens. Raises NoAnswer."""
        if not self._tokens:
            self.sign_in()
        answer = self._ask("POST", path, urlencode(self._tokens | fields))
        if answer.status == 303 and answer.location.startswith("/login"):
            self._tokens = {}
        return answer

    def sign_in(self) -> None:
        """Raises NoAnswer, also where the answer is not a sign-in."""
        page = self.get("/login")
        token = _hidden(page, "csrf_token")
        fields = {"csrf_token": token, "nik": self._nik, "pin": self._pin}
        self._ask("POST", "/login", urlencode(fields))
        page = self.get("/problems/new")
        self._tokens = {name: _hidden(page, name) for name in ("csrf_token", "author")}

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        self._turn += 1
        connection = http.client.HTTPConnection(HOST, self._ports[self._turn % len(self._ports)], timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        headers |= {"Connection": "close", "User-Agent": self._browser, "X-Forwarded-For": self._address}
        headers |= FORM if body is not None else {}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(answer.status, _path(answer.headers.get("Location", "")), text)


def _hidden(answer: Answer, name: str) -> str:
    if answer.status != 200 or not re.search(rf'name="{name}"', answer.body):
        raise NoAnswer(f"status {answer.status}, no {name}")
    return hidden(answer.body, name)


def _path(location: str) -> str:
    return re.sub(r"^https?://[^/]+", "", location)
