"""A form reader, an opener and a shelf of templates that keep the promises of their ports and read no pictures.

A scan is a text file: one page a line, each a JSON object. `{"form": "id", "values": {…}}` is a form; `"doubt"`
lists fields it is unsure of; `{"blank": true}`, `{"unknown": true}`, `{"broken": "why"}` are those; `{"deadly":
true}` takes the reader's process with it, `{"kill": true}` the worker's."""

import json
import os
import signal
import time
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from kernel.errors import Text
from kernel.records import UnitOfWork
from kernel.sandbox.errors import crashed
from ocr_service.models.fields import Box, Field, FieldType
from ocr_service.models.forms import Form, FormPage
from ocr_service.models.readings import (
    Candidate,
    FieldReading,
    Flag,
    Match,
    PageOutcome,
    PageReading,
)
from ocr_service.ports.form_reading import (
    Contents,
    KnownForm,
    PageAddress,
    Unopened,
    UnreadableScan,
    Wanted,
)

JPEG = b"\xff\xd8\xff\xe0fake preview "
PNG = b"\x89PNG\r\n\x1a\nfake crop "


def scan(*pages: Mapping[str, Any]) -> bytes:
    """The bytes of a scan with these pages."""
    return "".join(json.dumps(page, ensure_ascii=False) + "\n" for page in pages).encode()


def filled(number: int, *, doubt: Sequence[str] = (), form: str = "kyufu") -> dict[str, Any]:
    """A page with two fields, unlike every other number's."""
    values = {"name": f"特別区 太郎{number}", "amount": str(1000 + number)}
    return {"form": form, "values": values, "doubt": list(doubt), "number": number}


def form(name: str = "kyufu") -> Form:
    """A template of one page and two fields."""
    fields = (
        Field("name", "氏名", FieldType.NAME, Box(20, 20, 80, 10)),
        Field("amount", "金額", FieldType.MONEY, Box(20, 40, 80, 10)),
    )
    return Form(name, "給付金申請書", "", (FormPage(1, 210, 297, 200, b"", fields),))


class FakeShelf:
    """FormShelf over a dictionary {template id: version}; what is not in it is not there for anybody."""

    def __init__(self, **versions: str) -> None:
        self.versions = versions or {"kyufu": "1.0.0"}

    def pins(self, work: UnitOfWork, owner: str, templates: Collection[str]) -> Mapping[str, str]:
        wanted = templates or self.versions
        return {each: self.versions[each] for each in wanted if each in self.versions}

    def forms(self, work: UnitOfWork, pins: Mapping[str, str]) -> tuple[KnownForm, ...]:
        return tuple(KnownForm(name, version, form(name)) for name, version in sorted(pins.items()))


class FakeOpener:
    """ScanOpener, also of ZIPs of such scans. `looked` counts the calls."""

    def __init__(self) -> None:
        self.looked = 0

    def contents(self, file: Path, name: str) -> Contents:
        self.looked += 1
        if not zipfile.is_zipfile(file):
            return _contents("", file.read_bytes())
        pages: list[PageAddress] = []
        unopened: list[Unopened] = []
        with zipfile.ZipFile(file) as stack:
            for member in stack.namelist():
                try:
                    pages += _contents(member, stack.read(member)).pages
                except UnreadableScan as error:
                    unopened.append(Unopened(member, error.text.ja, error.text.en))
        return Contents(tuple(pages), tuple(unopened))


def _contents(member: str, data: bytes) -> Contents:
    pages, unopened = [], []
    for number, page in enumerate(_parsed(data), start=1):
        if "member" in page and "unopened" in page:
            unopened.append(Unopened(page["member"], page["unopened"], "cannot be opened"))
        else:
            pages.append(PageAddress(member or page.get("member", ""), number))
    return Contents(tuple(pages), tuple(unopened))


class FakeReader:
    """FormReader. `seconds` a page; `calls` counts the sandbox runs, `given` notes which forms it was given;
    `before_page` is called before each page is told."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.calls: list[int] = []
        self.given: list[tuple[tuple[str, str], ...]] = []
        self.before_page: Callable[[int], None] = lambda _number: None

    def read(
        self,
        file: Path,
        wanted: Sequence[Wanted],
        forms: Sequence[KnownForm],
        on_page: Callable[[PageReading], None],
    ) -> None:
        assert wanted
        self.calls.append(len(wanted))
        self.given.append(tuple((each.template_id, each.version) for each in forms))
        known = {each.template_id: each for each in forms}
        for each in wanted:
            try:
                page = _page(file, each.address)
            except UnreadableScan as error:
                if not each.address.member:
                    raise
                page = {"broken": error.text.ja}
            if page.get("deadly"):
                raise crashed("exit status -11")
            if page.get("kill"):
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(self.seconds)
            self.before_page(each.address.number)
            on_page(_read(each, page, known))


def _read(wanted: Wanted, page: Mapping[str, Any], known: Mapping[str, KnownForm]) -> PageReading:
    number, member = wanted.address.number, wanted.address.member
    preview = JPEG + json.dumps(page).encode()
    found = known.get(wanted.template_id or page.get("form", ""))
    if "broken" in page:
        return PageReading(
            number, member, PageOutcome.UNREADABLE, reason_ja=page["broken"], reason_en="broken"
        )
    if page.get("blank") and not wanted.template_id:
        return PageReading(number, member, PageOutcome.EMPTY, preview=preview, preview_size=(990, 1400))
    if found is None:
        return PageReading(number, member, PageOutcome.UNKNOWN, preview=preview, preview_size=(990, 1400))
    values: Mapping[str, str] = page.get("values", {})
    fields = tuple(
        _field(each.name, values.get(each.name, ""), each.name in page.get("doubt", ()), page.get("flag", ""))
        for each in found.form.every_field()
    )
    return PageReading(
        number,
        member,
        PageOutcome.MATCHED,
        turn=180 if page.get("turned") else 0,
        skew=0.4,
        match=Match(found.template_id, found.version, 1, 0.93, 0.2),
        preview=preview,
        preview_size=(990, 1400),
        fields=fields,
    )


def _field(name: str, value: str, doubtful: bool, flag: str) -> FieldReading:
    candidates = (
        Candidate(value, value, 0.8, (0.9,) * len(value)),
        Candidate(value + "？", value + "?", 0.1),
    )
    return FieldReading(
        field=name,
        candidates=candidates if value else (),
        confidence=0.6 if doubtful else 0.999,
        blank=not value,
        ink=12.5 if value else 0.0,
        flags=frozenset({Flag(flag)}) if flag else frozenset(),
        quad=((10.0, 10.0), (90.0, 10.0), (90.0, 20.0), (10.0, 20.0)),
        crop=PNG + f"{name} {value}".encode() if value else b"",
        engine="fake/1",
    )


def _page(file: Path, address: PageAddress) -> dict[str, Any]:
    """In a ZIP of scans, or of a scan whose pages name the members that they stand for."""
    if not zipfile.is_zipfile(file):
        return _lines(file)[address.number - 1]
    with zipfile.ZipFile(file) as stack:
        return _parsed(stack.read(address.member))[address.number - 1]


def _lines(file: Path) -> list[dict[str, Any]]:
    return _parsed(file.read_bytes())


def _parsed(data: bytes) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in data.decode().splitlines()]
    except ValueError as error:
        raise UnreadableScan(
            Text("スキャンのファイルとして開けません。", "The file cannot be opened as a scan.")
        ) from error
