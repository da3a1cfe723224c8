"""Recognises files that are no lists by their content, not their name; each kind is refused with advice on what to
do."""

import re

from sih.sheets import faults, text_files
from sih.sheets.faults import SheetError

ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a workbook with a password (MS-OFFCRYPTO 2.3.4)
WORD = "WordDocument".encode("utf-16-le")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
HEAD = 4096  # bytes at the beginning of a text that are checked for a signature
XML_WORKBOOK = re.compile(r"<(?:\w{1,20}:)?workbook[\s>]")
HTML = re.compile(r"<(?:!doctype html|html|head|body|table|meta|title|style|div|center|font|tr|th|td)[\s>]")


def refuse_others(content: bytes) -> None:
    """Raises SheetError for a file that is neither a ZIP, which workbooks.py checks, nor a text with rows."""
    if not content.strip():
        raise SheetError("Berkas ini kosong.")
    if content.startswith(OLE):
        if ENCRYPTED in content:
            raise faults.locked()
        raise faults.word_document() if WORD in content else faults.old_excel()
    if content.startswith(b"%PDF"):
        raise faults.pdf()
    if content.startswith(PICTURES):
        raise faults.picture()
    if not content.startswith(ZIP):
        _refuse_markup(content[:HEAD].decode(text_files.encoding_of(content), "ignore").strip("\ufeff\t\r\n ").lower())


def _refuse_markup(head: str) -> None:
    if head.startswith("mime-version:"):  # MHTML: a web page and its pictures in one file
        raise faults.web_page()
    if not head.startswith("<"):
        return
    if XML_WORKBOOK.search(head):
        raise faults.xml_workbook()
    if HTML.search(head):
        raise faults.web_page()
    if head.startswith("<?xml"):
        raise faults.xml_document()
