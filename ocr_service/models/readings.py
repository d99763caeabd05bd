"""What the machine read: candidates with probabilities, and why a person must look."""

from dataclasses import dataclass
from enum import StrEnum

from ocr_service.models.pages import Point


class Flag(StrEnum):
    """Why a field must be seen by a person, whatever its confidence."""

    STRUCK_OUT = "struck_out"
    CORRECTION_SEAL = "correction_seal"  # 訂正印
    CHECK_FAILED = "check_failed"  # a rule of the field or across fields says no
    SEVERAL_MARKS = "several_marks"
    OFF_PAGE = "off_page"  # a part of the field is not on the picture
    UNSURE_PLACE = "unsure_place"  # the registration there is poor
    MISSING = "missing"  # required and blank
    UNWRITABLE = "unwritable"  # there is ink that looks like a character the model cannot write
    TOUCHES_EDGE = "touches_edge"  # ink runs out of the field


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading. `raw` as it was read, `value` in normal form; `probability` among the candidates 0 to 1;
    `characters` one probability for each character of `raw`."""

    raw: str
    value: str
    probability: float
    characters: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field of one page as the machine read it. `candidates` best first, at most five, none for a blank
    field; `confidence`: calibrated probability that the first candidate's value (or the blank) is right;
    `quad`: the field's corners on the preview in pixels, clockwise from the upper left; `crop`: JPEG of the field
    at full resolution, b"" when it is off the page."""

    field: str
    candidates: tuple[Candidate, ...]
    confidence: float
    blank: bool
    ink: float
    flags: frozenset[Flag]
    quad: tuple[Point, Point, Point, Point]
    crop: bytes
    engine: str

    @property
    def value(self) -> str:
        return "" if self.blank or not self.candidates else self.candidates[0].value


class PageOutcome(StrEnum):
    """What a page turned out to be."""

    MATCHED = "matched"
    UNKNOWN = "unknown"  # no template fits
    EMPTY = "empty"  # a blank sheet
    UNREADABLE = "unreadable"  # the picture cannot be opened, or is none


@dataclass(frozen=True, slots=True)
class Match:
    """Which page of which template, and how well: `residual` is the median distance in millimetres between the
    form's lines on the picture and where the registration expects them."""

    template_id: str
    version: str
    page: int
    score: float
    residual: float


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page of a file. `turn`: clockwise quarter turns in degrees that made it upright; `skew` in degrees;
    `preview`: JPEG, upright, straightened, at most 1,400 pixels high. `reason_*` for pages not read."""

    number: int
    member: str
    outcome: PageOutcome
    turn: int = 0
    skew: float = 0.0
    match: Match | None = None
    preview: bytes = b""
    preview_size: tuple[int, int] = (0, 0)
    fields: tuple[FieldReading, ...] = ()
    reason_ja: str = ""
    reason_en: str = ""
