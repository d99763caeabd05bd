"""Who may read a record. One predicate, in two shapes: here over sets, and as SQL in kernel.records.

A record carries audience keys; a reader carries keys; the record is visible when they share one.
The database query and the search index filter by the same keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

PUBLIC = "public"
MEMBERS = "members"


class AudienceKind(StrEnum):
    """How far a record reaches."""

    OWN = "own"
    NAMED = "named"
    MEMBERS = "members"
    PUBLIC = "public"


def organisation_key(code: str) -> str:
    """The audience key of one organisation, for example "org:131016"."""
    return f"org:{code}"


@dataclass(frozen=True, slots=True)
class Audience:
    """Own organisation, named organisations, all members, or the public."""

    kind: AudienceKind = AudienceKind.OWN
    organisations: tuple[str, ...] = ()

    def keys(self, owner: str) -> frozenset[str]:
        """The keys that a record of organisation `owner` carries in the database and the indexes."""
        if self.kind is AudienceKind.PUBLIC:
            return frozenset({PUBLIC})
        if self.kind is AudienceKind.MEMBERS:
            return frozenset({MEMBERS})
        named = self.organisations if self.kind is AudienceKind.NAMED else ()
        return frozenset(organisation_key(code) for code in (owner, *named))

    def narrower_than(self, other: "Audience", owner: str) -> bool:
        """Whether anybody who could read under `other` no longer can."""
        order = {AudienceKind.OWN: 0, AudienceKind.NAMED: 0, AudienceKind.MEMBERS: 1, AudienceKind.PUBLIC: 2}
        if order[self.kind] != order[other.kind]:
            return order[self.kind] < order[other.kind]
        return not other.keys(owner) <= self.keys(owner)


def reader_keys(organisation: str | None) -> frozenset[str]:
    """The keys of a reader: of a member organisation, or of the public when None."""
    if organisation is None:
        return frozenset({PUBLIC})
    return frozenset({PUBLIC, MEMBERS, organisation_key(organisation)})


def visible(record_keys: Iterable[str], keys: frozenset[str]) -> bool:
    """The predicate."""
    return not keys.isdisjoint(record_keys)
