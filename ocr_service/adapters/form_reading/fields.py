"""One field: ink, marks or writing, with candidates and a calibrated confidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ocr_service.adapters.form_reading.looks import narrowed
from ocr_service.adapters.form_reading.patches import Cut
from ocr_service.adapters.imaging.barcodes import codes
from ocr_service.adapters.imaging.cells import cells, in_a_row
from ocr_service.adapters.imaging.cleaning import cleaned
from ocr_service.adapters.imaging.ink import Ink, written
from ocr_service.adapters.imaging.lines import lines
from ocr_service.adapters.imaging.marks import box_mark, marks
from ocr_service.adapters.imaging.seals import correction_seal, seal
from ocr_service.adapters.imaging.strikes import strike
from ocr_service.models.fields import CHECKED, Field, FieldType
from ocr_service.models.readings import Candidate, Flag
from ocr_service.ports.page_reading import Pixels
from ocr_service.ports.recognition import CtcReader
from ocr_service.rules.calibration import Calibration, MarkEvidence
from ocr_service.rules.decoding.decoder import Decoder, needs_second_look, together
from ocr_service.rules.decoding.expectations import expectation_of
from ocr_service.rules.lexicons.lexicons import Lexicons

_SHOWN = 5
_LEAST = 0.02  # a choice less probable than that is not offered
_WHOLE = 0.98  # share of a field that must be on the picture
_UNSURE_MM = 1.5
_STRUCK = 0.5
_SEALED = 0.5


@dataclass(frozen=True, slots=True)
class Read:
    """What a field says. `flags` so far: those of its picture; checks add theirs."""

    candidates: tuple[Candidate, ...]
    confidence: float
    blank: bool
    ink: float
    flags: frozenset[Flag]

    @property
    def value(self) -> str:
        return "" if self.blank or not self.candidates else self.candidates[0].value


class FieldReader:
    """Reads single fields. `values` are those of the page's other fields that were read before."""

    def __init__(self, engine: CtcReader, lexicons: Lexicons, calibration: Calibration) -> None:
        self._engine = engine
        self._decoder = Decoder(engine.alphabet)
        self._lexicons = lexicons
        self._calibration = calibration

    @property
    def engine(self) -> str:
        return self._engine.engine

    def read(self, cut: Cut, values: Mapping[str, str], postal: Sequence[str] = ()) -> Read:
        """`postal`: postal codes read near by, for an address."""
        ink = written(cut.patch)
        flags = _of_place(cut)
        match cut.field.type:
            case FieldType.CHOICE:
                return _choice(cut, ink, flags, self._calibration)
            case FieldType.CHECK_BOX:
                mark = box_mark(cut.patch, ink)
                taken_back = frozenset({Flag.STRUCK_OUT}) if mark.crossed_out else frozenset()
                evidence = MarkEvidence(
                    _sureness(mark.probability), stray=mark.stray, unclear=mark.crossed_out
                )
                sure = self._calibration.mark_confidence(cut.field, evidence)
                return _ticked(mark.probability, sure, ink, flags | taken_back)
            case FieldType.SEAL:
                there = seal(cut.patch, ink).probability
                sure = self._calibration.mark_confidence(cut.field, MarkEvidence(_sureness(there)))
                return _ticked(there, sure, ink, flags)
            case FieldType.BARCODE:
                return _barcode(cut, ink, flags)
            case _:
                return self._writing(cut, ink, flags, values, postal)

    def _writing(
        self, cut: Cut, ink: Ink, flags: frozenset[Flag], values: Mapping[str, str], postal: Sequence[str]
    ) -> Read:
        amount = ink.amount + ink.red_amount
        corrected = correction_seal(cut.patch, ink) > _SEALED
        if ink.blank and not corrected:
            return Read((), 1.0 - 0.5 * ink.doubt, True, amount, flags)
        if corrected:
            flags |= {Flag.CORRECTION_SEAL}
        if strike(cut.patch, ink, cut.field.lines).probability > _STRUCK:
            flags |= {Flag.STRUCK_OUT}
        if ink.touches_edge:
            flags |= {Flag.TOUCHES_EDGE}
        pictures = _pictures(cut, ink)
        era = values.get(cut.field.era_field, "") if cut.field.era_field else ""
        places = tuple(dict.fromkeys(p for code in postal for p in self._lexicons.addresses.of_postal(code)))
        expected = expectation_of(cut.field, self._lexicons, era, places)
        decoded = self._decoder.read(self._engine.lattices(pictures), expected)
        if needs_second_look(decoded):
            again = self._engine.lattices([narrowed(picture) for picture in pictures])
            decoded = together(decoded, self._decoder.read(again, expected), expected.key)
        if decoded.evidence is None:
            return Read(decoded.candidates, 0.0, False, amount, flags | {Flag.UNWRITABLE})
        confidence = self._calibration.confidence(cut.field, decoded.evidence)
        return Read(decoded.candidates, confidence, False, amount, flags)


def _pictures(cut: Cut, ink: Ink) -> list[Pixels]:
    """What the recogniser gets: the field's lines, or its cells side by side."""
    field = cut.field
    picture = cleaned(cut.patch, ink, keep_words=field.type is FieldType.DATE and not field.cells)
    if field.cells:
        row = in_a_row(cells(picture, cut.patch, ink, field.cells))
        return [] if row is None else [row]
    return lines(picture, cut.patch, ink, field.lines)


def _of_place(cut: Cut) -> frozenset[Flag]:
    flags = set()
    if cut.on_page < _WHOLE:
        flags.add(Flag.OFF_PAGE)
    if cut.residual > _UNSURE_MM:
        flags.add(Flag.UNSURE_PLACE)
    return frozenset(flags)


def _sureness(probability: float) -> float:
    return max(probability, 1.0 - probability)


def _ticked(probability: float, sure: float, ink: Ink, flags: frozenset[Flag]) -> Read:
    """A box that is ticked or not, a seal that is there or not."""
    amount = ink.amount + ink.red_amount
    if probability <= 0.5:
        return Read((), sure, True, amount, flags)
    return Read((Candidate("✓", CHECKED, probability),), sure, False, amount, flags)


def _choice(cut: Cut, ink: Ink, flags: frozenset[Flag], calibration: Calibration) -> Read:
    field, patch = cut.field, cut.patch
    places = [
        patch.place(each.box.x - cut.box.x, each.box.y - cut.box.y, each.box.width, each.box.height)
        for each in field.choices
    ]
    found = marks(patch, ink, places, field.several)
    chances = [mark.probability for mark in found.each]
    amount = ink.amount + ink.red_amount
    if found.unclear:
        flags |= {Flag.SEVERAL_MARKS}
    sure = calibration.mark_confidence(
        field, MarkEvidence(min(map(_sureness, chances)), found.tail, found.stray, found.unclear)
    )
    chosen = [choice for choice, chance in zip(field.choices, chances, strict=True) if chance > 0.5]
    if not chosen:
        return Read((), sure, True, amount, flags)
    if field.several:
        joined = Candidate(
            "|".join(choice.label for choice in chosen), "|".join(choice.value for choice in chosen), sure
        )
        return Read((joined,), sure, False, amount, flags)
    return Read(_ranked(field, chances), sure, False, amount, flags)


def _ranked(field: Field, chances: Sequence[float]) -> tuple[Candidate, ...]:
    """The choices that may be marked, the likeliest first."""
    total = sum(chances)
    found = [
        Candidate(choice.label, choice.value, chance / total)
        for choice, chance in zip(field.choices, chances, strict=True)
        if chance > _LEAST
    ]
    return tuple(sorted(found, key=lambda each: -each.probability)[:_SHOWN])


def _barcode(cut: Cut, ink: Ink, flags: frozenset[Flag]) -> Read:
    """Codes carry check digits: what is read is right. Nothing read where there is ink must be seen."""
    found = codes(cut.patch.crop)
    amount = ink.amount + ink.red_amount
    if found:
        text = "\n".join(code.text for code in found)
        return Read((Candidate(text, text, 1.0),), 0.999, False, amount, flags)
    if ink.blank:
        return Read((), 1.0 - 0.5 * ink.doubt, True, amount, flags)
    return Read((), 0.0, False, amount, flags)
