"""Any document to searchable PDF, text and tables, without a template."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr_service.models.documents import DocumentPage
from ocr_service.models.pages import Point
from ocr_service.ports.documents import DocumentReader, Rows, TablesWriter
from ocr_service.ports.exports import PdfWriter

_BREAK = "\n\f\n"  # between pages


@dataclass(frozen=True, slots=True)
class Told:
    """What a document says. `unread`: pages that could not be read, with the reason in Japanese and English."""

    pages: int
    text: str
    tables: int
    unread: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Picture:
    """A page whose picture waits on the disk; a PdfPage."""

    file: Path
    size: tuple[int, int]
    texts: Sequence[tuple[tuple[Point, Point, Point, Point], str]]

    @property
    def picture(self) -> bytes:
        return self.file.read_bytes()


def _ignore(_done: int, _total: int) -> None:
    """Used where nobody waits."""


class Documents:
    """Holds no transaction and no more than one page's picture in memory."""

    def __init__(self, reader: DocumentReader, pdf: PdfWriter) -> None:
        self._reader = reader
        self._pdf = pdf

    def convert(
        self,
        file: Path,
        name: str,
        *,
        pdf: Path | None = None,
        tables: tuple[Path, TablesWriter] | None = None,
        on_progress: Callable[[int, int], None] = _ignore,
    ) -> Told:
        """Writes what is asked for. Raises UnreadableScan for the file as a whole."""
        texts: list[str] = []
        unread: list[tuple[str, str]] = []
        found: list[tuple[str, Rows]] = []
        with tempfile.TemporaryDirectory(prefix="chienowa-document-") as folder:
            pictures: list[_Picture] = []

            def keep(page: DocumentPage) -> None:
                texts.append(page.text)
                number = len(texts)
                if page.reason_ja:
                    unread.append((f"{number}ページ: {page.reason_ja}", f"Page {number}: {page.reason_en}"))
                    return
                found.extend((f"{number}ページ-{n}", rows) for n, rows in enumerate(page.tables, start=1))
                if pdf is not None:
                    picture = Path(folder) / f"{number}.jpg"
                    picture.write_bytes(page.picture)
                    pictures.append(_Picture(picture, page.size, page.lines))

            self._reader.read(file, name, keep, on_progress)
            if pdf is not None:
                self._pdf.write(pdf, name, _in_turn(pictures))
            if tables is not None:
                tables[1].write(tables[0], found)
        return Told(len(texts), _BREAK.join(texts), len(found), tuple(unread))


def _in_turn(pictures: Sequence[_Picture]) -> Iterator[_Picture]:
    """One after the other; each file goes as soon as it is in the PDF."""
    for picture in pictures:
        yield picture
        picture.file.unlink()
