"""Streaming XML parser: limits depth and token length, refuses entities. Text content has no length limit."""

from collections.abc import Callable, Iterator
from xml.parsers import expat

CHUNK = 1 << 16  # bytes
TOKEN = 1 << 18  # bytes; expat parses an unfinished token again with every chunk
DEEPEST = 100
LONGEST_NAMESPACE = 256  # characters; expat repeats it in every name


class NotWellFormed(Exception):
    """The content is no XML, or XML that no spreadsheet program writes."""


class TooComplex(Exception):
    """A token is longer, or the nesting deeper, than a spreadsheet program writes."""


def parse(stream, start: Callable, end: Callable, text: Callable) -> Iterator[None]:
    """Calls start(name, attributes), end(name) and text(data) for each chunk of `stream`, and yields after each chunk.
    A name is "namespace word". Raises NotWellFormed, TooComplex, MemoryError."""
    depth = 0

    def deeper(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise TooComplex("nested too deep")
        start(name, attributes)

    def shallower(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text, parser.buffer_size = True, CHUNK
    parser.StartElementHandler, parser.EndElementHandler = deeper, shallower
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, _refuse_doctype
    parser.StartNamespaceDeclHandler = _check_namespace
    fed = 0
    try:
        while chunk := stream.read(CHUNK):
            fed += len(chunk)
            parser.Parse(chunk, False)
            if fed - parser.CurrentByteIndex > TOKEN:
                raise TooComplex("a token is too long")
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
            raise MemoryError from error
        raise NotWellFormed(str(error)) from error


def _check_namespace(_, uri: str | None) -> None:
    if uri and len(uri) > LONGEST_NAMESPACE:
        raise TooComplex("a namespace is too long")


def _refuse_doctype(*_) -> None:
    raise NotWellFormed("a document type")
