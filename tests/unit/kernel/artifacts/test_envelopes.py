"""DSSE envelopes, manifests, versions and key files."""

import json
import stat
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.artifacts import MANIFEST_TYPE, Change, Envelope, Manifest, PrivateKey, PublicKey, Version, pae
from kernel.artifacts.signing import signed
from kernel.errors import Conflict, Invalid, NotFound

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MANIFEST = Manifest.of("form", "kazoku", "131016", version="1.0.0", digest="0" * 64, at=AT)


def test_the_encoding_of_the_specification() -> None:
    """The example of DSSE's protocol.md."""
    kind = "http://example.com/HelloWorld"
    assert pae(kind, b"hello world") == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("型", b"") == "DSSEv1 3 型 0 ".encode()


@given(st.binary(max_size=50), st.text(max_size=20), st.binary(max_size=50), st.text(max_size=20))
def test_no_two_messages_encode_alike(one: bytes, kind: str, other: bytes, other_kind: str) -> None:
    kind, other_kind = (each.encode(errors="ignore").decode() for each in (kind, other_kind))
    assert (pae(kind, one) == pae(other_kind, other)) == ((kind, one) == (other_kind, other))


def test_a_signature_by_a_key_of_the_rfc() -> None:
    """RFC 8032, 7.1, test 2."""
    public = PublicKey(bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert public.verifies(signature, b"\x72")
    assert not public.verifies(signature, b"\x73")
    assert not public.verifies(b"", b"\x72")


def test_an_envelope_comes_back_and_its_signature_holds() -> None:
    key = PrivateKey.new()
    envelope = signed(key, MANIFEST)
    there = Envelope.parse(envelope.to_json())
    assert there == envelope
    assert Manifest.parse(there.payload) == MANIFEST
    assert there.signatures[0].key_id == key.public.id
    assert key.public.verifies(there.signatures[0].signature, pae(MANIFEST_TYPE, there.payload))


def test_url_safe_base64_is_understood() -> None:
    payload = b"\xff\xfe\xfd?>"
    assert b64encode(payload) != urlsafe_b64encode(payload)
    for encoded in (b64encode(payload), urlsafe_b64encode(payload), b64encode(payload).rstrip(b"=")):
        content = {"payload": encoded.decode(), "payloadType": "t", "signatures": [{"sig": "AAAA"}]}
        there = Envelope.parse(json.dumps(content))
        assert there is not None and there.payload == payload and there.signatures[0].key_id == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["payload", "sig", "x"]), inner)
    ),
    max_leaves=8,
)


@given(json_values, json_values, json_values)
def test_whatever_is_no_envelope_is_none(payload: Any, kind: Any, signatures: Any) -> None:
    content = {"payload": payload, "payloadType": kind, "signatures": signatures}
    there = Envelope.parse(json.dumps(content))
    assert there is None or isinstance(there.payload, bytes)
    assert Envelope.parse(json.dumps(payload)) is None


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b"\xff", b'{"kind": 1}', b"[" * 50_000])
def test_whatever_is_no_manifest_is_none(payload: bytes) -> None:
    assert Manifest.parse(payload) is None


def test_the_manifest_is_canonical() -> None:
    assert MANIFEST.canonical() == (
        b'{"digest":"' + b"0" * 64 + b'","kind":"form","name":"kazoku","owner":"131016",'
        b'"published_at":"2026-11-20T09:00:00.000000Z","version":"1.0.0"}'
    )


def test_versions_are_ordered_and_stepped() -> None:
    two = Version.parse("1.2.3")
    assert [str(two.after(change)) for change in Change] == ["1.2.4", "1.3.0", "2.0.0"]
    assert Version.parse("1.10.0") > Version.parse("1.9.9")
    for wrong in ("", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-a", "v1.2.3", "１.2.3", "1.2.3\n"):
        with pytest.raises(Invalid):
            Version.parse(wrong)


def test_a_key_file_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    key, file = PrivateKey.new(), tmp_path / "key.pem"
    key.write(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PrivateKey.read(file).public == key.public
    with pytest.raises(Conflict):
        PrivateKey.new().write(file)
    assert PrivateKey.read(file).public == key.public
    assert [each.name for each in tmp_path.iterdir()] == ["key.pem"]


def test_a_passphrase_guards_the_key(tmp_path: Path) -> None:
    key, file = PrivateKey.new(), tmp_path / "key.pem"
    key.write(file, "合言葉")
    assert PrivateKey.read(file, "合言葉").public == key.public
    for wrong in ("", "x"):
        with pytest.raises(Invalid):
            PrivateKey.read(file, wrong)
    with pytest.raises(NotFound):
        PrivateKey.read(tmp_path / "none")


def test_public_keys_travel_as_pem() -> None:
    public = PrivateKey.new().public
    assert PublicKey.from_pem(public.pem()) == public
    for wrong in ("", "x", public.pem()[:60], "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        with pytest.raises(Invalid):
            PublicKey.from_pem(wrong)
