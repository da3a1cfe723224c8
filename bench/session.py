"""A person who has signed in over HTTP, with NIK and PIN."""

import re
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie

from bench.client import Connection, Request, get, post


@dataclass
class Session:
    """The cookies, and the tokens that every form of this session carries."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def cookie_line(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def page(self, path: str) -> str:
        return self._ask(get(path, self.cookie_line))

    def sign_in(self, nik: str, pin: str) -> "Session":
        page = self.page("/login")
        fields = {"csrf_token": hidden(page, "csrf_token"), "nik": nik, "pin": pin}
        self._ask(post("/login", self.cookie_line, fields))
        page = self.page("/problems/new")
        self.tokens = {name: hidden(page, name) for name in ("csrf_token", "author")}
        return self

    def _ask(self, request: Request) -> str:
        connection = Connection(self.port)
        head, _, body = connection.ask(request).partition(b"\r\n\r\n")
        connection.close()
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
        return body.decode()


def hidden(page: str, name: str) -> str:
    """What this hidden field of the page carries. Raises AttributeError if there is none."""
    return unescape(re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)[1])
