"""Search results as CSV that Excel opens in Japanese."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import timedelta, timezone

from kb_service.models.entries import CaseFields, Entry, ProductFields
from kb_service.pages.fields import COMMON, field_label
from kb_service.pages.labels import label

JST = timezone(timedelta(hours=9))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIGURES = ("effect_hours", "effect_yen", "cost_yen", "purchase_price_yen", "running_cost_yen")


def results_csv(
    entries: Iterable[Entry], encoding: str, language: str, named: Callable[[str], str], base: str
) -> bytes:
    """`encoding` is "utf-8" (a byte order mark is put before it) or "cp932" (what it lacks becomes 〓)."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(_header(language))
    writer.writerows(_row(entry, language, named, base) for entry in entries)
    text = stream.getvalue()
    if encoding == "cp932":
        return b"".join(_cp932(character) for character in text)
    return text.encode("utf-8-sig")


def _cp932(character: str) -> bytes:
    try:
        return character.encode("cp932")
    except UnicodeEncodeError:
        return "〓".encode("cp932")


def _header(language: str) -> list[str]:
    extra = ("提供団体", "更新日", "アドレス") if language == "ja" else ("Provider", "Updated", "Address")
    names = ("kind", "title", "summary", "status", "outcome", "technology", "business", *_FIGURES)
    words = [field_label(name, language) for name in names]
    periods = [field_label(name, language) for name in ("period_from", "period_to", "tags")]
    return [*words, *periods, COMMON["audience"].in_language(language), *extra]


def _row(entry: Entry, language: str, named: Callable[[str], str], base: str) -> list[object]:
    content, fields = entry.content, entry.content.fields
    outcome = label(fields.outcome, language) if isinstance(fields, CaseFields) else ""
    business = "" if isinstance(fields, ProductFields) else fields.business
    words = [
        label(content.kind, language),
        content.title,
        content.summary,
        label(content.status, language),
        outcome,
        fields.technology,
        business,
    ]
    figures = [getattr(fields, name, None) for name in _FIGURES]
    period = [getattr(fields, name, None) for name in ("period_from", "period_to")]
    updated = entry.updated_at.astimezone(JST).date().isoformat()
    rest = ["、".join(content.tags), label(content.audience.kind, language), named(entry.owner), updated]
    cells = [*words, *figures, *period, *rest, f"{base}/knowledge/{entry.id}"]
    return [_harmless(cell) for cell in cells]


def _harmless(cell: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it (OWASP: CSV injection)."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return "" if cell is None else cell
