"""Reads Daftar Kendala and the page of a problem: problem numbers, tabs, buttons, notices."""

import re

from bs4 import BeautifulSoup, Tag


def numbers(page: BeautifulSoup) -> list[int]:
    """The problem numbers of a page, from the top: those of the rows of lists, and those that are links."""
    rows_and_links = page.select("main tr[id], main a:not(tr[id] a)")
    found = [one.get("id", one.text.strip().replace("#", "p")) for one in rows_and_links]
    return [int(text[1:]) for text in found if re.fullmatch(r"p\d+", text)]


def pages(person, path: str = "/problems") -> list[list[int]]:
    """The problems of each page, following "Berikutnya" to the end."""
    found = []
    while path:
        page = person.get(path)
        found.append(numbers(page))
        path = address(page, "Berikutnya")
    return found


def address(page: BeautifulSoup, words: str) -> str | None:
    """Where the link with these words leads; None without such a link."""
    link = page.main.find("a", string=words)
    return link and link["href"]


def row(page: BeautifulSoup, number: int) -> Tag:
    return page.select_one(f"#p{number}")


def buttons(element: Tag) -> list[str]:
    """The labels of the action buttons of a row or of a problem's page."""
    return [button.text.strip() for button in element.select("button[formaction]:not([formaction*='/follows'])")]


def tabs(page: BeautifulSoup) -> dict[str, int | None]:
    """The status tabs with their counts, or None where a tab carries no number."""
    links = page.select("nav[aria-label=Status] a")
    return {_word(link): _count(link) for link in links}


def notes(page: BeautifulSoup) -> list[str]:
    return [note.text.strip() for note in page.select("main [role=status]") if note.text.strip()]


def facts(page: BeautifulSoup) -> dict[str, str]:
    """The facts beside a problem's texts: label and value."""
    names = [" ".join(name.text.split()) for name in page.select("dl.facts dt")]
    return dict(zip(names, [" ".join(fact.text.split()) for fact in page.select("dl.facts dd")], strict=True))


def _word(link: Tag) -> str:
    return link.find(string=True, recursive=False).strip()


def _count(link: Tag) -> int | None:
    count = link.select_one(".count")
    return int(count.text) if count else None
