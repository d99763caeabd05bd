"""Search results as JSON."""

from typing import Self

from pydantic import BaseModel, Field

from kb_service.models.attachments import Place, PlaceKind
from kb_service.models.passages import PassageSource
from kb_service.models.searching import Extract, Hit, Results, Why
from kb_service.schemas.entries import EntryBrief


class PlaceOut(BaseModel):
    """Where in an attachment."""

    kind: PlaceKind
    number: int
    label: str

    @classmethod
    def of(cls, place: Place) -> Self:
        return cls(kind=place.kind, number=place.number, label=place.label)


class ExtractOut(BaseModel):
    """A passage of a hit. `marks` are [start, end) offsets in `text`, in characters."""

    source: PassageSource
    field_name: str
    heading: str
    attachment_id: str
    attachment_name: str
    place: PlaceOut | None
    text: str
    marks: list[tuple[int, int]]

    @classmethod
    def of(cls, extract: Extract) -> Self:
        passage = extract.passage
        return cls(
            source=passage.source,
            field_name=passage.field_name,
            heading=passage.heading,
            attachment_id=passage.attachment_id,
            attachment_name=passage.attachment_name,
            place=None if passage.place is None else PlaceOut.of(passage.place),
            text=passage.text,
            marks=list(extract.marks),
        )


class WhyOut(BaseModel):
    """Why a hit is there: shares of words and of meaning (0 to 1), the words and the fields."""

    words: float
    meaning: float
    matched: list[str]
    fields: list[str]

    @classmethod
    def of(cls, why: Why) -> Self:
        return cls(words=why.words, meaning=why.meaning, matched=list(why.matched), fields=list(why.fields))


class HitOut(BaseModel):
    """One entry found."""

    score: float
    entry: EntryBrief
    extracts: list[ExtractOut]
    attachments: int
    why: WhyOut

    @classmethod
    def of(cls, hit: Hit) -> Self:
        return cls(
            score=hit.score,
            entry=EntryBrief.of(hit.entry),
            extracts=[ExtractOut.of(one) for one in hit.extracts],
            attachments=hit.attachments,
            why=WhyOut.of(hit.why),
        )


class FacetOut(BaseModel):
    """A value of a facet and how many hits carry it."""

    value: str
    count: int


class ResultsOut(BaseModel):
    """A page of hits. `total` and `facets` count only what the reader may see."""

    total: int
    milliseconds: float
    corrected: str = Field(description="What was searched instead when a slip was mended.")
    arms: list[str] = Field(description='Which searches took part: "words", "meaning".')
    facets: dict[str, list[FacetOut]]
    hits: list[HitOut]

    @classmethod
    def of(cls, results: Results) -> Self:
        return cls(
            total=results.total,
            milliseconds=results.milliseconds,
            corrected=results.corrected,
            arms=list(results.arms),
            facets={
                name: [FacetOut(value=one.value, count=one.count) for one in counts]
                for name, counts in results.facets.items()
            },
            hits=[HitOut.of(hit) for hit in results.hits],
        )
