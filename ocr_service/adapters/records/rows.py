"""Rows of the tables as the values of the models, and back."""

from typing import Any

from sqlalchemy import Row

from ocr_service.models.batches import (
    Batch,
    BatchState,
    Coverage,
    Entry,
    FieldState,
    FileState,
    PageState,
    ScanField,
    ScanFile,
    ScanPage,
)
from ocr_service.models.readings import Candidate, Flag, PageOutcome


def batch_of(row: Row[Any]) -> Batch:
    return Batch(
        id=row.id,
        owner=row.owner,
        title=row.title,
        state=BatchState(row.state),
        templates=tuple(row.templates),
        entry=Entry(row.entry),
        coverage=Coverage(row.coverage),
        threshold=row.threshold,
        priority=row.priority,
        revision=row.revision,
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
        delete_after=row.delete_after,
        note=row.note,
    )


def batch_values(batch: Batch) -> dict[str, Any]:
    """What may change of a batch."""
    return {
        "title": batch.title,
        "state": batch.state.value,
        "templates": list(batch.templates),
        "entry": batch.entry.value,
        "coverage": batch.coverage.value,
        "threshold": batch.threshold,
        "priority": batch.priority,
        "revision": batch.revision,
        "note": batch.note,
        "updated_at": batch.updated_at,
        "delete_after": batch.delete_after,
    }


def file_of(row: Row[Any]) -> ScanFile:
    return ScanFile(
        id=row.id,
        batch_id=row.batch_id,
        name=row.name,
        digest=row.digest,
        size=row.size,
        state=FileState(row.state),
        pages=row.pages,
        added_at=row.added_at,
        same_as=row.same_as,
        reason_ja=row.reason_ja,
        reason_en=row.reason_en,
    )


def file_values(file: ScanFile) -> dict[str, Any]:
    return {
        "batch_id": file.batch_id,
        "name": file.name,
        "digest": file.digest,
        "size": file.size,
        "state": file.state.value,
        "pages": file.pages,
        "added_at": file.added_at,
        "same_as": file.same_as,
        "reason_ja": file.reason_ja,
        "reason_en": file.reason_en,
    }


def page_of(row: Row[Any]) -> ScanPage:
    return ScanPage(
        id=row.id,
        batch_id=row.batch_id,
        file_id=row.file_id,
        position=row.position,
        member=row.member,
        number=row.number,
        state=PageState(row.state),
        outcome=PageOutcome(row.outcome) if row.outcome else None,
        forced=row.forced,
        template_id=row.template_id,
        template_version=row.template_version,
        template_page=row.template_page,
        turn=row.turn,
        skew=row.skew,
        score=row.score,
        residual=row.residual,
        preview=row.preview,
        preview_width=row.preview_width,
        preview_height=row.preview_height,
        crops=row.crops,
        reason_ja=row.reason_ja,
        reason_en=row.reason_en,
        read_at=row.read_at,
    )


def page_values(page: ScanPage) -> dict[str, Any]:
    """What may change of a page, save who has claimed it."""
    return {
        "state": page.state.value,
        "outcome": page.outcome.value if page.outcome else "",
        "forced": page.forced,
        "template_id": page.template_id,
        "template_version": page.template_version,
        "template_page": page.template_page,
        "turn": page.turn,
        "skew": page.skew,
        "score": page.score,
        "residual": page.residual,
        "preview": page.preview,
        "preview_width": page.preview_width,
        "preview_height": page.preview_height,
        "crops": page.crops,
        "reason_ja": page.reason_ja,
        "reason_en": page.reason_en,
        "read_at": page.read_at,
    }


def field_of(row: Row[Any]) -> ScanField:
    corners = [(float(x), float(y)) for x, y in row.quad]
    return ScanField(
        id=row.id,
        page_id=row.page_id,
        batch_id=row.batch_id,
        name=row.name,
        order=row.order,
        state=FieldState(row.state),
        candidates=candidates_of(row.candidates),
        confidence=row.confidence,
        blank=row.blank,
        ink=row.ink,
        flags=flags_of(row.flags),
        quad=(corners[0], corners[1], corners[2], corners[3]),
        crop_at=row.crop_at,
        crop_size=row.crop_size,
        engine=row.engine,
        value=row.value,
        version=row.version,
    )


def field_values(field: ScanField) -> dict[str, Any]:
    return {
        "id": field.id,
        "page_id": field.page_id,
        "batch_id": field.batch_id,
        "name": field.name,
        "order": field.order,
        "state": field.state.value,
        "candidates": [
            {
                "raw": each.raw,
                "value": each.value,
                "probability": each.probability,
                "characters": list(each.characters),
            }
            for each in field.candidates
        ],
        "confidence": field.confidence,
        "blank": field.blank,
        "ink": field.ink,
        "flags": sorted(flag.value for flag in field.flags),
        "quad": quad_values(field),
        "crop_at": field.crop_at,
        "crop_size": field.crop_size,
        "engine": field.engine,
        "value": field.value,
        "version": field.version,
    }


def quad_values(field: ScanField) -> list[list[float]]:
    return [list(point) for point in field.quad]


def candidates_of(stored: list[dict[str, Any]]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(each["raw"], each["value"], each["probability"], tuple(each["characters"]))
        for each in stored
    )


def flags_of(stored: list[str]) -> frozenset[Flag]:
    return frozenset(Flag(each) for each in stored)
