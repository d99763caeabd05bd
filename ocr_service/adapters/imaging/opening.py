"""Scans of unknown origin to sheets, page by page. Runs only inside the sandbox."""

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ocr_service.adapters.imaging import refusals
from ocr_service.adapters.imaging.archives import BROKEN, Archive, Member
from ocr_service.adapters.imaging.documents import Document
from ocr_service.adapters.imaging.pictures import Picture
from ocr_service.adapters.imaging.sheets import MAX_PAGES, Pages, Sheet, Source
from ocr_service.ports.form_reading import Contents, PageAddress, Unopened, UnreadableScan

__all__ = ["Opened", "Sheet", "look_into", "look_into_file", "open_scan"]

_HEAD = 1_024
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
Progress = Callable[[int, int], None]


def _ignore(_done: int, _total: int) -> None:
    """Used where nobody waits."""


class Opened:
    """A scan that stays open while its pages are read; of a ZIP one member at a time."""

    def __init__(self, file: Path, name: str) -> None:
        self._name = name
        self._pages: Pages | None = None
        self._archive: Archive | None = None
        self._member = ""
        kind = _kind(file, name)
        if kind == "zip":
            self._archive = Archive(file, name)
        else:
            self._pages = _open_pages(file, kind, name)

    def contents(self, progress: Progress = _ignore) -> Contents:
        """Every page, without decoding pictures. Raises UnreadableScan for too many pages, or none."""
        if self._archive is None:
            assert self._pages is not None
            return Contents(tuple(PageAddress("", number + 1) for number in range(self._pages.count)))
        pages: list[PageAddress] = []
        unopened: list[Unopened] = []
        members = self._archive.members
        for done, member in enumerate(members):
            progress(done, len(members))
            try:
                count = self._open_member(member).count
            except UnreadableScan as error:
                unopened.append(refusals.unopened(member.name, error))
                continue
            pages.extend(PageAddress(member.name, number + 1) for number in range(count))
            if len(pages) > MAX_PAGES:
                raise refusals.refuse(self._name, refusals.too_many_pages(len(pages), MAX_PAGES))
        if not pages and not unopened:
            raise refusals.refuse(self._name, refusals.NO_PAGES)
        return Contents(tuple(pages), tuple(unopened))

    def page(self, address: PageAddress) -> Sheet:
        """Raises UnreadableScan for this page alone."""
        if self._archive is not None:
            member = next((each for each in self._archive.members if each.name == address.member), None)
            if member is None:
                raise refusals.refuse(address.member, refusals.NO_SUCH_PAGE)
            pages = self._open_member(member)
        else:
            assert self._pages is not None
            pages = self._pages
        return pages.sheet(address.number)

    def close(self) -> None:
        self._close_pages()
        if self._archive is not None:
            self._archive.close()

    def _open_member(self, member: Member) -> Pages:
        """The member's pages; they stay open until another member is asked for."""
        assert self._archive is not None
        if self._pages is not None and self._member == member.name:
            return self._pages
        self._close_pages()
        if member.refused:
            raise refusals.refuse(member.name, member.refused)
        try:
            data = self._archive.unpack(member)
        except BROKEN as error:
            raise refusals.refuse(member.name, refusals.DAMAGED) from error
        kind = _kind(data, member.name)
        if kind == "zip":
            raise refusals.refuse(member.name, refusals.ZIP_IN_ZIP)
        self._pages, self._member = _open_pages(data, kind, member.name), member.name
        return self._pages

    def _close_pages(self) -> None:
        if self._pages is not None:
            self._pages.close()
        self._pages, self._member = None, ""


@contextlib.contextmanager
def open_scan(file: Path, name: str) -> Iterator[Opened]:
    """The scan, closed at the end. Raises UnreadableScan for the file as a whole."""
    opened = Opened(file, name)
    try:
        yield opened
    finally:
        opened.close()


def look_into(file: Path, name: str, progress: Progress = _ignore) -> Contents:
    """What the file holds. Raises UnreadableScan."""
    with open_scan(file, name) as opened:
        return opened.contents(progress)


def look_into_file(arguments: Mapping[str, Any], files: Sequence[Path], progress: Progress) -> dict[str, Any]:
    """A sandbox task: the contents of the one file, called `arguments["name"]`, as plain lists."""
    contents = look_into(files[0], str(arguments["name"]), progress)
    return {
        "pages": [[page.member, page.number] for page in contents.pages],
        "unopened": [[each.member, each.reason_ja, each.reason_en] for each in contents.unopened],
    }


def _open_pages(source: Source, kind: str, name: str) -> Pages:
    return Document(source, name) if kind == "pdf" else Picture(source, name)


def _kind(source: Source, name: str) -> str:
    """pdf, picture or zip, judged by the first bytes: suffixes lie. Raises UnreadableScan."""
    head = _head(source)
    if not head:
        raise refusals.refuse(name, refusals.EMPTY)
    if head.startswith(_PICTURES):
        return "picture"
    if head.startswith(_ZIPS):
        return "zip"
    if b"%PDF-" in head:
        return "pdf"
    raise refusals.refuse(name, refusals.OTHER_KIND)


def _head(source: Source) -> bytes:
    if isinstance(source, io.BytesIO):
        return bytes(source.getbuffer()[:_HEAD])
    with source.open("rb") as stream:
        return stream.read(_HEAD)
