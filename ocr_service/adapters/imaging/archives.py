"""ZIP files of scans: what is in them, in the order people count, and what is not opened."""

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass

from kernel.errors import Text
from ocr_service.adapters.imaging import refusals
from ocr_service.adapters.imaging.sheets import Source

MEMBER_MB = 300
TOTAL_MB = 10_000
MAX_MEMBERS = 10_000
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError)
_MB = 1_000_000
_LEFTOVERS = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the ZIP: its name for people (unique), its entry, and why it is not opened, if so."""

    name: str
    entry: zipfile.ZipInfo
    refused: Text | None


class Archive:
    """One opened ZIP; members are unpacked to memory one at a time."""

    def __init__(self, source: Source, name: str) -> None:
        """Raises UnreadableScan for a damaged ZIP or one that unpacks to too much."""
        try:
            self._zip = zipfile.ZipFile(source)
        except BROKEN as error:
            raise refusals.refuse(name, refusals.DAMAGED) from error
        entries = [entry for entry in self._zip.infolist() if not entry.is_dir()]
        if sum(entry.file_size for entry in entries) > TOTAL_MB * _MB or len(entries) > MAX_MEMBERS:
            self.close()
            raise refusals.refuse(name, refusals.too_big_unpacked(TOTAL_MB))
        if any(entry.filename in ("[Content_Types].xml", "mimetype") for entry in entries):
            self.close()
            raise refusals.refuse(name, refusals.OTHER_KIND)  # an office document or a book
        self.members = _members(entries)

    def unpack(self, member: Member) -> io.BytesIO:
        """The member's bytes. Raises one of BROKEN. A member never yields more than it declares."""
        return io.BytesIO(self._zip.read(member.entry))

    def close(self) -> None:
        self._zip.close()


def _members(entries: list[zipfile.ZipInfo]) -> list[Member]:
    members: dict[str, Member] = {}
    for entry in entries:
        called = _name(entry)
        if _LEFTOVERS.search(called):
            continue
        name, count = called, 1
        while name in members:
            count += 1
            name = f"{called} ({count})"
        members[name] = Member(name, entry, _refused(called, entry))
    return sorted(members.values(), key=lambda member: as_people_count(member.name))


def _name(entry: zipfile.ZipInfo) -> str:
    """Japanese Windows writes names in CP932, others UTF-8 without saying so."""
    if entry.flag_bits & _UTF8_FLAG:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return entry.filename


def _refused(name: str, entry: zipfile.ZipInfo) -> Text | None:
    plain = name.replace("\\", "/")
    if (
        plain.startswith("/")
        or re.match(r"^[A-Za-z]:", plain)
        or ".." in posixpath.normpath(plain).split("/")
    ):
        return refusals.PATH_UPWARDS
    if entry.flag_bits & _ENCRYPTED_FLAG:
        return refusals.PASSWORD
    if entry.file_size > MEMBER_MB * _MB:
        return refusals.too_big_unpacked(MEMBER_MB)
    return refusals.EMPTY if not entry.file_size else None


def as_people_count(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that puts page2 before page10."""
    return tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part.casefold())
        for part in re.split(r"([0-9]+)", name)
        if part
    )
