"""A workbook as a ZIP of parts that refer to each other (ECMA-376 part 2). Archives with too many parts or with an
excessive compression ratio are refused before they are unpacked."""

import io
import posixpath
import zipfile
from typing import IO

from sih.sheets import faults, markup

MEMBERS = 2000
LARGEST, RATIO, SMALL = 300_000_000, 200, 10_000_000  # unpacked bytes; unpacked/packed, over SMALL bytes
CENTRAL_ENTRY = b"PK\x01\x02"
RELATIONSHIP = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
USUAL_WORKBOOK = "xl/workbook.xml"
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
LISTS = (".xlsx", ".xls", ".csv")


class Package:
    """Opens the parts of a file. `workbook` is the name of the part that lists the sheets. Raises SheetError where the
    file is no workbook, and zipfile.BadZipFile, markup.NotWellFormed or KeyError where it is damaged."""

    def __init__(self, content: bytes) -> None:
        """Counts the members before Python makes an object of each; no more bytes of a member are read than its header
        declares."""
        if content.count(CENTRAL_ENTRY) > MEMBERS:
            raise faults.too_many_parts()
        self._file = zipfile.ZipFile(io.BytesIO(content))
        members = self._file.infolist()
        self._parts = {_plain(member.filename): member for member in members}
        if len(self._parts) < len(members):
            raise faults.damaged()
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
            raise faults.damaged()
        swollen = [one for one in members if one.file_size > max(SMALL, RATIO * one.compress_size)]
        if swollen or sum(member.file_size for member in members) > LARGEST:
            raise faults.too_large()
        self.workbook = self._main_part()

    def open(self, part: str) -> IO[bytes]:
        return self._file.open(self._parts[_plain(part)])

    def relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """{id: (kind, part)} of the relationships of this part, or with '' of the package."""
        folder, name = posixpath.split(part)
        by_id = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == RELATIONSHIP and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"])).lstrip("/")
                by_id[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)

        self.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return by_id

    def parse(self, part: str, start, end=lambda _: None, text=lambda _: None) -> None:
        """Parses the whole part with the handlers of markup.parse()."""
        with self.open(part) as stream:
            for _ in markup.parse(stream, start, end, text):
                pass

    def _main_part(self) -> str:
        """The name of the main part. It is not fixed; the package relationships give it (ECMA-376 part 1, 12.2)."""
        main = dict(self.relationships("").values()).get("officeDocument", "") if "_rels/.rels" in self._parts else ""
        for folder, refusal in (("word/", faults.word_document), ("ppt/", faults.presentation)):
            if main.startswith(folder):
                raise refusal()
        if main.endswith(".bin"):
            raise faults.binary_workbook()
        found = next((part for part in (main, USUAL_WORKBOOK) if _plain(part) in self._parts), None)
        if found is None:
            raise self._no_workbook()
        return found

    def _no_workbook(self) -> Exception:
        if "mimetype" in self._parts:
            with self.open("mimetype") as stream:
                if stream.read(len(OPEN_DOCUMENT)) == OPEN_DOCUMENT:
                    return faults.open_document()
        if any(part.endswith(".iwa") for part in self._parts):
            return faults.numbers_document()
        return faults.archive() if any(part.endswith(LISTS) for part in self._parts) else faults.no_list()


def _plain(part: str) -> str:
    """Normalises a part name: upper and lower case are equal, and some programs write backslashes."""
    return part.replace("\\", "/").lstrip("/").lower()
