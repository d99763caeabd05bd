"""The manifest of one version: what is signed. It names the content by its digest and stays when that is erased."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from kernel.audit.trail import instant

_NEEDED = ("kind", "name", "owner", "version", "digest", "published_at")


@dataclass(frozen=True, slots=True)
class Manifest:
    """`kind`: what sort of artifact, for example "form". `owner`: the organisation that publishes it, whoever
    signs. `digest`: SHA-256 of the content's canonical JSON (RFC 8785), hexadecimal. `published_at` as UTC text."""

    kind: str
    name: str
    owner: str
    version: str
    digest: str
    published_at: str

    @classmethod
    def of(cls, kind: str, name: str, owner: str, *, version: str, digest: str, at: datetime) -> "Manifest":
        return cls(kind, name, owner, version, digest, instant(at))

    def canonical(self) -> bytes:
        """The bytes that are signed."""
        return bytes(rfc8785.dumps({name: getattr(self, name) for name in _NEEDED}))

    @classmethod
    def parse(cls, payload: bytes) -> "Manifest | None":
        """None for what is no manifest; properties that a later form of it may have are passed over."""
        try:
            content: Any = json.loads(payload)
        except (ValueError, RecursionError):
            return None
        if not isinstance(content, Mapping) or not all(
            isinstance(content.get(name), str) for name in _NEEDED
        ):
            return None
        return cls(*(content[name] for name in _NEEDED))
