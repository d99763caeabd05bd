"""multipart/form-data read as it arrives, so that a large file goes straight to the store and one that is too
large is refused before it has filled a disk."""

import io
from collections import deque
from collections.abc import Iterator
from urllib.parse import unquote

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from kernel.errors import Invalid, Problem, Text

PARTS_MAX = 100
FIELD_MAX = 64_000  # bytes of a part that is not a file


class UploadedFile(io.RawIOBase):
    """One file of a form, readable once and only while it is its turn. `name` is what the browser sent and is
    not to be trusted."""

    def __init__(self, form: "UploadForm", name: str) -> None:
        self._form = form
        self.name = name
        self._buffer = bytearray()
        self._ended = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; b"" at the end. Raises Invalid when the form is cut off."""
        while not self._ended and (size < 0 or len(self._buffer) < size):
            self._form.advance(self)
        taken = bytes(self._buffer) if size < 0 else bytes(self._buffer[:size])
        del self._buffer[: len(taken)]
        return taken

    def take(self, data: bytes) -> None:
        self._buffer += data

    def end(self) -> None:
        self._ended = True

    def skip(self) -> None:
        """Throws away what has not been read."""
        while not self._ended:
            self._buffer.clear()
            self._form.advance(self)


class UploadForm:
    """A form of files. `chunks` is the body as it arrives."""

    def __init__(self, content_type: str, chunks: Iterator[bytes]) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise _malformed()
        self._chunks = chunks
        self._events: deque[tuple[str, bytes]] = deque()
        self._complete = False
        note = self._events.append
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": lambda: note(("begin", b"")),
                    "on_header_field": lambda data, start, end: note(("field", data[start:end])),
                    "on_header_value": lambda data, start, end: note(("value", data[start:end])),
                    "on_header_end": lambda: note(("header", b"")),
                    "on_headers_finished": lambda: note(("headers", b"")),
                    "on_part_data": lambda data, start, end: note(("data", data[start:end])),
                    "on_part_end": lambda: note(("end", b"")),
                    "on_end": lambda: note(("complete", b"")),
                },
            )
        except FormParserError as error:
            raise _malformed() from error

    def files(self) -> Iterator[UploadedFile]:
        """The files in order; each must be read before the next is asked for, what is left of it is skipped.
        Other fields are passed over. Raises Invalid for what is no complete form."""
        field, value, disposition = b"", b"", b""
        parts, passed = 0, 0
        while True:
            event, data = self._next()
            if event == "begin":
                parts, passed, disposition = parts + 1, 0, b""
                if parts > PARTS_MAX:
                    raise _malformed()
            elif event == "field":
                field += data
            elif event == "value":
                value += data
            elif event == "header":
                if field.lower() == b"content-disposition":
                    disposition = value
                field, value = b"", b""
            elif event == "headers":
                name = _file_name(disposition)
                if name is not None:
                    file = UploadedFile(self, name)
                    yield file
                    file.skip()
            elif event == "data":
                passed += len(data)
                if passed > FIELD_MAX:
                    raise _malformed()
            elif event == "complete":
                return

    def advance(self, file: UploadedFile) -> None:
        """Gives the file its next piece."""
        event, data = self._next()
        if event == "data":
            file.take(data)
        else:
            file.end()

    def _next(self) -> tuple[str, bytes]:
        while not self._events:
            chunk = next(self._chunks, b"")
            try:
                if not chunk:
                    self._parser.finalize()
                    raise _malformed()
                self._parser.write(chunk)
            except FormParserError as error:
                raise _malformed() from error
        return self._events.popleft()


def _file_name(disposition: bytes) -> str | None:
    """The file name of a part; None for a part that is no file, or a file field left empty."""
    kind, options = parse_options_header(disposition)
    name = options.get(b"filename")
    if kind != b"form-data" or not name:
        return None
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = name.decode("cp932", "replace")  # older tools on Japanese Windows
    # Browsers write these three as percent codes and nothing else (HTML standard, multipart form data).
    for code in ("%22", "%0D", "%0A"):
        text = text.replace(code, unquote(code))
    return text


def _malformed() -> Invalid:
    text = Text(
        "ファイルの送信が途中で切れたか、形式が正しくありません。もう一度送ってください。",
        "The upload was cut off or is not a multipart form with a file. Send it again.",
    )
    return Invalid(text, (Problem("file", text),))
