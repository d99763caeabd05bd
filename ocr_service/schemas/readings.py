"""Readings as JSON, on their way out of the sandbox."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from ocr_service.models.pages import Point
from ocr_service.models.readings import Candidate, FieldReading, Flag, Match, PageOutcome, PageReading


def reading_to_json(page: PageReading) -> dict[str, Any]:
    """JSON-able form of a page; `reading_from_json` is its inverse."""
    return {
        "number": page.number,
        "member": page.member,
        "outcome": page.outcome.value,
        "turn": page.turn,
        "skew": page.skew,
        "match": None if page.match is None else _match_to_json(page.match),
        "preview": b64encode(page.preview).decode(),
        "preview_size": page.preview_size,
        "fields": [_field_to_json(field) for field in page.fields],
        "reason_ja": page.reason_ja,
        "reason_en": page.reason_en,
    }


def reading_from_json(data: Mapping[str, Any]) -> PageReading:
    """A page out of what `reading_to_json` made."""
    match = data["match"]
    width, height = data["preview_size"]
    return PageReading(
        number=int(data["number"]),
        member=str(data["member"]),
        outcome=PageOutcome(data["outcome"]),
        turn=int(data["turn"]),
        skew=float(data["skew"]),
        match=None if match is None else Match(**match),
        preview=b64decode(data["preview"]),
        preview_size=(int(width), int(height)),
        fields=tuple(_field_from_json(field) for field in data["fields"]),
        reason_ja=str(data["reason_ja"]),
        reason_en=str(data["reason_en"]),
    )


def _match_to_json(match: Match) -> dict[str, Any]:
    return {
        "template_id": match.template_id,
        "version": match.version,
        "page": match.page,
        "score": match.score,
        "residual": match.residual,
    }


def _field_to_json(field: FieldReading) -> dict[str, Any]:
    return {
        "field": field.field,
        "candidates": [
            [each.raw, each.value, round(each.probability, 5), [round(p, 4) for p in each.characters]]
            for each in field.candidates
        ],
        "confidence": round(field.confidence, 5),
        "blank": field.blank,
        "ink": round(field.ink, 3),
        "flags": sorted(flag.value for flag in field.flags),
        "quad": field.quad,
        "crop": b64encode(field.crop).decode(),
        "engine": field.engine,
    }


def _field_from_json(data: Mapping[str, Any]) -> FieldReading:
    return FieldReading(
        field=str(data["field"]),
        candidates=tuple(
            Candidate(str(raw), str(value), float(probability), tuple(float(p) for p in characters))
            for raw, value, probability, characters in data["candidates"]
        ),
        confidence=float(data["confidence"]),
        blank=bool(data["blank"]),
        ink=float(data["ink"]),
        flags=frozenset(Flag(flag) for flag in data["flags"]),
        quad=_quad(data["quad"]),
        crop=b64decode(data["crop"]),
        engine=str(data["engine"]),
    )


def _quad(points: Any) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return a, b, c, d
