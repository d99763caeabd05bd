"""One page: what it is, where its fields lie, what they say, and what does not fit together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import cv2

from kernel.errors import Text
from ocr_service.adapters.form_reading.fields import FieldReader, Read
from ocr_service.adapters.form_reading.patches import Cut, cut, picture
from ocr_service.adapters.imaging.cropping import preview
from ocr_service.adapters.imaging.matching import KnownPages
from ocr_service.adapters.imaging.sheets import Sheet
from ocr_service.models.fields import MARK_TYPES, Field, FieldType
from ocr_service.models.forms import CheckKind, Form
from ocr_service.models.readings import FieldReading, Flag, PageOutcome, PageReading
from ocr_service.ports.form_reading import KnownForm, PageAddress, Wanted
from ocr_service.rules.checks import PostalAddresses, Surroundings, findings

_QUALITY = 70
_UNKNOWN = Text(
    "どの様式にも合いません。様式を指定するか、対象から外してください。",
    "No template fits. Assign one, or drop the page.",
)
_NOT_LAID = Text(
    "指定された様式を、このページに重ねられません。別の様式かもしれません。",
    "The template cannot be laid over this page. It may be another form.",
)


class PageReader:
    """Reads the pages of one run with the same forms. One instance belongs to one thread."""

    def __init__(
        self, forms: Sequence[KnownForm], fields: FieldReader, postal: PostalAddresses, today: date
    ) -> None:
        self._known = KnownPages(forms)
        self._fields = fields
        self._around = Surroundings(today, postal)

    def read(self, sheet: Sheet, wanted: Wanted) -> PageReading:
        """Everything about one page."""
        placed = self._known.place(sheet, wanted.template_id, wanted.template_page)
        small = preview(placed.pixels, placed.skew)
        height, width = small.pixels.shape[:2]
        shown = PageReading(
            number=wanted.address.number,
            member=wanted.address.member,
            outcome=placed.outcome,
            turn=placed.turn,
            skew=round(placed.skew, 2),
            match=placed.match,
            preview=_jpeg(small.pixels),
            preview_size=(width, height),
        )
        if placed.registration is None or placed.page is None or placed.known is None:
            why = _NOT_LAID if wanted.template_id else _UNKNOWN
            told = placed.outcome is PageOutcome.UNKNOWN
            return replace(shown, reason_ja=why.ja, reason_en=why.en) if told else shown
        cuts = [cut(field, placed.registration, placed.pixels) for field in placed.page.every_field()]
        found = self._read_all(placed.known.form, cuts)
        flagged = self._flags(placed.known.form, found)
        return replace(
            shown,
            fields=tuple(
                FieldReading(
                    field=each.field.name,
                    candidates=read.candidates,
                    confidence=read.confidence,
                    blank=read.blank,
                    ink=read.ink,
                    flags=read.flags | flagged.get(each.field.name, frozenset()),
                    quad=small.points(placed.registration.quad(each.box)),
                    crop=picture(each.patch.crop) if each.on_page > 0 else b"",
                    engine=self._fields.engine,
                )
                for each in cuts
                for read in (found[each.field.name],)
            ),
        )

    def _read_all(self, form: Form, cuts: Sequence[Cut]) -> dict[str, Read]:
        """Fields that others depend on come first: circled eras before dates, postal codes before addresses."""
        partner = {
            check.fields[1]: check.fields[0]
            for check in form.checks
            if check.kind is CheckKind.POSTAL_FITS_ADDRESS
        }
        found: dict[str, Read] = {}
        values: dict[str, str] = {}
        for each in sorted(cuts, key=lambda one: _turn(one.field)):
            near = found.get(partner.get(each.field.name, ""))
            postal = [candidate.value for candidate in near.candidates] if near else []
            read = self._fields.read(each, values, postal)
            found[each.field.name], values[each.field.name] = read, read.value
        return found

    def _flags(self, form: Form, found: dict[str, Read]) -> dict[str, frozenset[Flag]]:
        flags: dict[str, frozenset[Flag]] = {}
        for finding in findings(form, {name: read.value for name, read in found.items()}, self._around):
            for name in finding.fields:
                flags[name] = flags.get(name, frozenset()) | {finding.flag}
        return flags


def unreadable(address: PageAddress, why: Text) -> PageReading:
    """A page that could not be opened."""
    return PageReading(
        address.number, address.member, PageOutcome.UNREADABLE, reason_ja=why.ja, reason_en=why.en
    )


def _turn(field: Field) -> int:
    if field.type in MARK_TYPES:
        return 0
    return 1 if field.type is FieldType.POSTAL_CODE else 2


def _jpeg(pixels: object) -> bytes:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)  # type: ignore[call-overload]  # cv2 knows no alias of NDArray
    return bytes(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])
