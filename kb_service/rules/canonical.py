"""Content as canonical JSON and back: how a revision is stored, compared and digested."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from kb_service.models.entries import (
    BusinessFields,
    CaseFields,
    Content,
    Fields,
    Introduction,
    Kind,
    Link,
    LinkKind,
    Outcome,
    Planned,
    ProductFields,
    ProviderKind,
    RunbookFields,
    Status,
)
from kernel.visibility import Audience, AudienceKind


def to_json(content: Content) -> str:
    """Keys sorted, no spaces, dates as YYYY-MM-DD. Equal contents give equal text."""
    return json.dumps(
        asdict(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )


def from_json(text: str) -> Content:
    """The inverse of `to_json`. Fields that an older revision does not have get their defaults."""
    values: dict[str, Any] = json.loads(text)
    kind = Kind(values["kind"])
    planned = values.get("planned")
    return Content(
        kind=kind,
        title=values["title"],
        fields=_fields(kind, values["fields"]),
        summary=values.get("summary", ""),
        body=values.get("body", ""),
        tags=tuple(values.get("tags", ())),
        links=tuple(Link(link["target"], LinkKind(link["kind"])) for link in values.get("links", ())),
        audience=_audience(values["audience"]),
        status=Status(values["status"]),
        planned=None if planned is None else Planned(planned["what"], _date(planned["when"])),
        source=values.get("source", ""),
        sample=values.get("sample", False),
    )


def digest(content: Content) -> str:
    """SHA-256 of the canonical JSON: what the audit trail keeps instead of the words."""
    return hashlib.sha256(to_json(content).encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a content")


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _audience(values: Mapping[str, Any]) -> Audience:
    return Audience(AudienceKind(values["kind"]), tuple(values["organisations"]))


def _fields(kind: Kind, values: dict[str, Any]) -> Fields:
    match kind:
        case Kind.CASE:
            return CaseFields(
                **{
                    **values,
                    "provider_kind": ProviderKind(values["provider_kind"]),
                    "outcome": Outcome(values["outcome"]),
                    "period_from": _date(values["period_from"]),
                    "period_to": _date(values["period_to"]),
                }
            )
        case Kind.PRODUCT:
            return ProductFields(**values)
        case Kind.BUSINESS:
            introduced = tuple(Introduction(**one) for one in values["introduced_by"])
            return BusinessFields(**{**values, "introduced_by": introduced})
        case Kind.RUNBOOK:
            return RunbookFields(**values)
