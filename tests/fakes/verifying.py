"""Batches that are read already: drawn pages with fields whose truth is known, put straight into the records."""

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from assembly.embedded import System
from assembly.forms import parts_of
from kernel.blobs import BlobStore
from kernel.clock import Clock
from kernel.identity.models import Actor, actor_of
from kernel.identity.repository import user_by_login
from kernel.ids import new_id
from kernel.records import Records, UnitOfWork
from ocr_service.adapters.records import sql_desk
from ocr_service.models.batches import (
    Batch,
    BatchState,
    FieldState,
    FileState,
    PageState,
    Plan,
    ScanField,
    ScanFile,
    ScanPage,
)
from ocr_service.models.fields import Box, Choice, Field, FieldType
from ocr_service.models.forms import Check, CheckKind, Form, FormPage
from ocr_service.models.readings import Candidate, Flag, PageOutcome
from ocr_service.ports.batches import Desk
from ocr_service.ports.form_reading import KnownForm
from ocr_service.rules.joining import joined
from ocr_service.service.batches import Batches
from ocr_service.wiring import build

TEMPLATE, VERSION = "f" * 32, "1.0.0"
DOTS = 200 / 25.4  # dots a millimetre
PREVIEW = 0.5  # of the page
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


def form() -> Form:
    """Seven fields of different types on one page, and two checks across fields."""
    fields = (
        Field("name", "氏名", FieldType.NAME, Box(45, 40, 90, 11), required=True),
        Field("kana", "フリガナ", FieldType.KANA, Box(45, 30, 90, 8)),
        Field(
            "era",
            "元号",
            FieldType.CHOICE,
            Box(45, 56, 40, 8),
            choices=tuple(
                Choice(value, value[0], Box(45 + 8 * at, 56, 7, 8))
                for at, value in enumerate(("明治", "大正", "昭和", "平成", "令和"))
            ),
        ),
        Field("birth_date", "生年月日", FieldType.DATE, Box(90, 56, 60, 9), era_field="era"),
        Field("postal", "郵便番号", FieldType.POSTAL_CODE, Box(45, 70, 40, 9)),
        Field("address", "住所", FieldType.ADDRESS, Box(45, 82, 130, 11)),
        Field("amount", "申請額", FieldType.MONEY, Box(45, 98, 50, 9)),
        Field("agreed", "同意する", FieldType.CHECK_BOX, Box(45, 112, 8, 8)),
    )
    checks = (Check(CheckKind.POSTAL_FITS_ADDRESS, ("postal", "address")),)
    return Form("kyufu", "給付金申請書", "", (FormPage(1, 210, 297, 200, b"", fields),), checks)


class OneShelf:
    """FormShelf with this form alone."""

    def pins(self, work: UnitOfWork, owner: str, templates: Collection[str]) -> Mapping[str, str]:
        return {TEMPLATE: VERSION}

    def forms(self, work: UnitOfWork, pins: Mapping[str, str]) -> tuple[KnownForm, ...]:
        return (KnownForm(TEMPLATE, VERSION, form()),) if pins.get(TEMPLATE) == VERSION else ()


@dataclass(frozen=True)
class Read:
    """A field as a machine might read it: candidates (raw, value), best first; `written` is on the picture, and
    the truth of a person's work."""

    name: str
    written: str
    candidates: tuple[tuple[str, str], ...]
    confidence: float = 0.6
    flags: frozenset[Flag] = frozenset()


def read(name: str, written: str, *candidates: str, **more: object) -> Read:
    """Candidates whose raw reading is their value."""
    shown = tuple((each, each) for each in candidates or (written,))
    return Read(name, written, shown, **more)  # type: ignore[arg-type]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def crop(written: str, box: Box) -> bytes:
    """The PNG of a field with this writing."""
    picture = Image.new("L", (round(box.width * DOTS), round(box.height * DOTS)), 252)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, picture.width - 1, picture.height - 1), outline=150)
    draw.text((12, picture.height * 0.12), written, font=_font(round(picture.height * 0.62)), fill=40)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def preview(reads: Sequence[Read]) -> tuple[bytes, tuple[int, int]]:
    """The JPEG of the page."""
    size = (round(210 * DOTS * PREVIEW), round(297 * DOTS * PREVIEW))
    picture = Image.new("L", size, 253)
    draw, by_name = ImageDraw.Draw(picture), {each.name: each for each in reads}
    draw.text((size[0] * 0.3, 40), "給付金申請書", font=_font(44), fill=20)
    for field in form().every_field():
        x, y = field.box.x * DOTS * PREVIEW, field.box.y * DOTS * PREVIEW
        draw.text((20, y), field.label, font=_font(22), fill=60)
        right, bottom = field.box.right * DOTS * PREVIEW, field.box.bottom * DOTS * PREVIEW
        draw.rectangle((x, y, right, bottom), outline=140)
        if field.name in by_name:
            draw.text((x + 6, y + 4), by_name[field.name].written, font=_font(24), fill=40)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60)
    return out.getvalue(), size


def add_batch(
    records: Records,
    desk: Desk,
    batches: Batches,
    blobs: BlobStore,
    clock: Clock,
    by: Actor,
    pages: Sequence[Sequence[Read]],
    **plan: object,
) -> Batch:
    """A batch of the actor `by` with these pages, all read; the last of its states is settled."""
    stored = []
    for reads in pages:
        asked = {each.name: each for each in form().every_field()}
        crops, places = joined([crop(each.written, asked[each.name].box) for each in reads])
        picture, size = preview(reads)
        stored.append(
            (
                blobs.add(io.BytesIO(crops), 10**8).digest,
                places,
                blobs.add(io.BytesIO(picture), 10**8).digest,
                size,
            )
        )
    with records.write() as work:
        batch = batches.create(work, by, Plan(**{"title": "給付金 11月20日 午前"} | plan))  # type: ignore[arg-type]
        file = ScanFile(
            id=new_id(),
            batch_id=batch.id,
            name="scan.pdf",
            digest="0" * 64,
            size=1,
            state=FileState.OPENED,
            pages=len(pages),
            added_at=clock.now(),
        )
        desk.scans.add_file(work, file)
        found = [
            ScanPage(
                id=new_id(),
                batch_id=batch.id,
                file_id=file.id,
                position=number,
                member="",
                number=number,
                state=PageState.READ,
                outcome=PageOutcome.MATCHED,
                template_id=TEMPLATE,
                template_version=VERSION,
                template_page=1,
                preview=picture,
                preview_width=size[0],
                preview_height=size[1],
                crops=crops,
                read_at=clock.now(),
            )
            for number, (crops, _, picture, size) in enumerate(stored, start=1)
        ]
        desk.scans.add_pages(work, file, found)
        for page, reads, (_, places, _, _) in zip(found, pages, stored, strict=True):
            fields = [
                _field(batch, page, number, each, place)
                for number, (each, place) in enumerate(zip(reads, places, strict=True))
            ]
            desk.scans.put_fields(work, page.id, fields)
        desk.batches.replace(work, replace(batch, state=BatchState.READING))
        batches.settle(work, batch.id)
        settled = desk.batches.get(work, batch.id)
    assert settled is not None
    return settled


def _field(batch: Batch, page: ScanPage, order: int, each: Read, place: tuple[int, int]) -> ScanField:
    box = next(one.box for one in form().every_field() if one.name == each.name)
    left, top, right, bottom = (value * DOTS * PREVIEW for value in (box.x, box.y, box.right, box.bottom))
    blank = not each.candidates or not each.candidates[0][1]
    candidates = tuple(
        Candidate(raw, value, 0.9 / (at + 1.6), _doubts(raw, each.written))
        for at, (raw, value) in enumerate(each.candidates)
        if raw
    )
    sure = each.confidence >= batch.threshold and not each.flags
    return ScanField(
        id=new_id(),
        page_id=page.id,
        batch_id=batch.id,
        name=each.name,
        order=order,
        state=FieldState.PASSED if sure and batch.coverage.value == "doubtful" else FieldState.DOUBTFUL,
        candidates=candidates,
        confidence=each.confidence,
        blank=blank,
        ink=0.1,
        flags=each.flags,
        quad=((left, top), (right, top), (right, bottom), (left, bottom)),
        crop_at=place[0],
        crop_size=place[1],
        engine="test",
        value="" if blank else each.candidates[0][1],
        version=1,
    )


def _doubts(raw: str, written: str) -> tuple[float, ...]:
    return tuple(0.97 if raw[at : at + 1] == written[at : at + 1] else 0.55 for at in range(len(raw)))


def with_one_form(system: System) -> System:
    """The system with the template of this module alone."""
    parts = parts_of(system.settings, system.records, system.jobs, system.audit, system.clock)
    return replace(system, forms=build(replace(parts, shelf=OneShelf())))


def add_to(system: System, login: str, pages: Sequence[Sequence[Read]], **plan: object) -> Batch:
    """A batch of the sample user `login`."""
    with system.records.read() as work:
        found = user_by_login(work, login)
    assert found is not None
    forms = system.forms
    return add_batch(
        system.records,
        sql_desk(),
        forms.batches,
        forms.blobs,
        system.clock,
        actor_of(found[0]),
        pages,
        **plan,
    )
