"""Pages of lists, and what stands beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from kb_service.models.entries import Entry, Kind, Link, Status

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list and the cursor of the next ones; None when these were the last."""

    items: tuple[T, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Which entries a list holds; empty = all that the reader may see. Values of one field are alternatives."""

    owners: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    statuses: tuple[Status, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkedEntry:
    """An entry at the other end of a link. `outgoing`: the link starts at the entry that was asked about."""

    link: Link
    entry: Entry
    outgoing: bool


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how many visible entries carry it."""

    tag: str
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries the reader may see. `own_drafts`: drafts and entries in progress of the own
    organisation."""

    total: int = 0
    by_kind: Mapping[Kind, int] = field(default_factory=dict)
    by_status: Mapping[Status, int] = field(default_factory=dict)
    own_drafts: int = 0
