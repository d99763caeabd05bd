"""DSSE envelopes (github.com/secure-systems-lab/dsse, protocol.md and envelope.md, version 1.0.2)."""

import json
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MANIFEST_TYPE = "application/vnd.chienowa.manifest+json"
LONGEST = 100_000  # characters of an envelope
_MOST_SIGNATURES = 20
_URL_SAFE = str.maketrans("-_", "+/")


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: what a signature is made over."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


@dataclass(frozen=True, slots=True)
class Signature:
    """`key_id` is a hint which key to try; it is not signed itself."""

    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload with its signatures."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    def to_json(self) -> str:
        return json.dumps(
            {
                "payload": b64encode(self.payload).decode(),
                "payloadType": self.payload_type,
                "signatures": [
                    {"keyid": each.key_id, "sig": b64encode(each.signature).decode()}
                    for each in self.signatures
                ],
            },
            separators=(",", ":"),
        )

    @classmethod
    def parse(cls, text: str) -> "Envelope | None":
        """None for what is no envelope. Base64 may be the standard or the URL-safe one, as the specification
        wants it; unknown properties are passed over."""
        if len(text) > LONGEST:
            return None
        try:
            content: Any = json.loads(text)
            payload = _decoded(content["payload"])
            signatures = content["signatures"]
            if not 1 <= len(signatures) <= _MOST_SIGNATURES:
                return None
            return cls(_text(content["payloadType"]), payload, tuple(_signature(each) for each in signatures))
        except (ValueError, KeyError, TypeError, RecursionError):
            return None


def _signature(content: Mapping[str, Any]) -> Signature:
    return Signature(_text(content.get("keyid", "")), _decoded(content["sig"]))


def _decoded(text: Any) -> bytes:
    plain = _text(text).translate(_URL_SAFE).rstrip("=")
    try:
        return b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except NoBase64 as error:
        raise ValueError("no base64") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
