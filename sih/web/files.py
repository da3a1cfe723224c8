"""The files that come with a form: uploaded before by scripts and named by their ids, or sent with the form itself.
Every good one is kept, whatever becomes of the form."""

from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import quote

from flask import Response, request, stream_with_context
from werkzeug.datastructures import FileStorage, MultiDict

from sih import web
from sih.dao.files import Files, StoredFile, Upload
from sih.domain.errors import TooManyUploads
from sih.domain.text import clean
from sih.forms.fields import EMPTY
from sih.photos import MOST_FILES, MOST_OF_A_PERSON, PhotoError, convert, faults
from sih.web.i18n import message_of

LONGEST_NAME, LONGEST_DESCRIPTION = 100, 200
TYPES, ENDINGS = {"jpeg": "image/jpeg", "pdf": "application/pdf"}, {"jpeg": ".jpg", "pdf": ".pdf"}
# The policy of a file that is opened by itself; browsers put their own styles around a picture.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@dataclass
class FormFiles:
    """`kept`: ready to be sent. `gone`: ids of uploads that are not there any more, or not yet."""

    kept: list[Upload] = field(default_factory=list)
    descriptions: dict[int, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)  # name and sentence
    gone: list[int] = field(default_factory=list)
    made: list[int] = field(default_factory=list)  # ids of those that came with this request

    @property
    def chosen(self) -> dict[int, str]:
        """The alternative texts by the id of the upload."""
        return {upload.id: self.descriptions.get(upload.id, "") for upload in self.kept}

    @property
    def are_any(self) -> bool:
        return bool(self.kept or self.gone)

    @property
    def alert(self) -> str | None:
        return EMPTY if self.faults else None

    def validate(self, is_first: bool = True) -> bool:
        """Whether they may be sent. Called once. `is_first`: False where an earlier request may have taken them."""
        if len(self.kept) > MOST_FILES:
            self.faults.append(("", faults.TOO_MANY))
        if self.gone and is_first:
            self.faults.append(("", faults.GONE))
        return not self.faults

    def are_in(self, event_id: int) -> bool:
        """Whether an earlier request has sent them with this event."""
        return Files(web.query()).are_attached(event_id, self.gone, [upload.file_id for upload in self.kept])

    def discard_made(self) -> None:
        """Deletes what came with this request and was not taken: an earlier request has sent the same."""
        Files(web.query()).discard(web.me(), self.made)


def of_draft(typed: MultiDict | None) -> FormFiles:
    """The files of a form that is shown anew, as a draft has kept them."""
    return _named(typed) if typed else FormFiles()


def received(form: MultiDict, files: MultiDict[str, FileStorage]) -> FormFiles:
    """The files of the sent form. Converts and keeps those that came with it. Call it before the problem is read: where
    an earlier request has taken them, the problem then tells."""
    found, total = _named(form), 0
    for file in files.getlist("files"):
        if not file.filename:  # an empty field
            continue
        name, total = name_of(file.filename), total + _size(file)
        if total > MOST_OF_A_PERSON:
            found.faults.append((name, faults.TOO_MUCH))
        elif len(found.made) >= MOST_FILES:
            found.faults.append((name, faults.TOO_MANY))
        else:
            _receive(found, file, name)
    return found


def keep(file: FileStorage) -> Upload:
    """Converts and keeps one file of the signed-in person. Raises PhotoError, TooManyUploads."""
    return Files(web.query()).keep(web.me(), name_of(file.filename), convert(file.stream), web.now())


def name_of(file_name: str | None) -> str:
    """The last part of a name, as it may be stored."""
    return clean(PurePath((file_name or "").replace("\\", "/")[-400:]).name.replace("\n", " "))[-LONGEST_NAME:] or "-"


def answer(file: StoredFile, is_thumbnail: bool = False) -> Response:
    """A photo, which is from our own encoder, is shown; anything else is a download."""
    blob_id = file.thumbnail_blob_id if is_thumbnail and file.thumbnail_blob_id else file.blob_id
    parts = stream_with_context(Files(web.query()).parts(blob_id))
    response = Response(parts, mimetype=TYPES[file.format])
    response.headers["Content-Security-Policy"] = ALONE
    way, name = ("inline" if file.format == "jpeg" else "attachment"), PurePath(file.name).stem + ENDINGS[file.format]
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name, safe='')}"  # RFC 6266
    response.set_etag(f"{bytes(file.hash).hex()[:32]}{'-small' if is_thumbnail else ''}")
    response.make_conditional(request)
    return response


def _named(form: MultiDict) -> FormFiles:
    texts = dict.fromkeys(text for text in form.getlist("upload") if text.isascii() and text.isdecimal())
    ids = [int(text) for text in texts if len(text) < 19][: 4 * MOST_FILES]
    kept = Files(web.query()).uploads(web.me(), ids)
    descriptions = {number: clean(form.get(f"alt-{number}"))[:LONGEST_DESCRIPTION] for number in ids}
    present = {upload.id for upload in kept}
    return FormFiles(kept, descriptions, gone=[number for number in ids if number not in present])


def _receive(found: FormFiles, file: FileStorage, name: str) -> None:
    try:
        upload = keep(file)
    except PhotoError as error:
        found.faults.append((name, error.sentence))
    except TooManyUploads as refusal:
        found.faults.append((name, message_of(refusal)))
    else:
        found.kept.append(upload)
        found.made.append(upload.id)


def _size(file: FileStorage) -> int:
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    return size
