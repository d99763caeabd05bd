"""Registered keys and what they say about envelopes, on both databases."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel.artifacts import (
    Envelope,
    HouseSigner,
    KeyFileSigner,
    Keyring,
    Manifest,
    PrivateKey,
    Trust,
)
from kernel.artifacts.signing import signed
from kernel.audit import Audit
from kernel.audit.tables import audit_rows
from kernel.clock import FixedClock
from kernel.errors import Conflict, Invalid, NotFound
from kernel.identity.models import Actor, Role
from kernel.records import Records

CHIYODA = Actor("u1", "千代田", "131016", frozenset({Role.REVIEWER}))
CHUO = Actor("u2", "中央", "131024", frozenset({Role.REVIEWER}))
DIGEST = "ab" * 32


@pytest.fixture
def keyring(clock: FixedClock) -> Keyring:
    return Keyring(Audit(clock), clock)


def manifest(clock: FixedClock, owner: str = "131016", digest: str = DIGEST) -> Manifest:
    return Manifest.of("form", "kazoku", owner, version="1.0.0", digest=digest, at=clock.now())


def test_a_key_is_registered_once_and_for_ever(records: Records, keyring: Keyring, clock: FixedClock) -> None:
    key = PrivateKey.new().public
    with records.write() as work:
        made = keyring.register(work, CHIYODA, key, " 係の鍵 ")
    clock.forward(timedelta(days=1))
    with records.write() as work:
        for actor in (CHIYODA, CHUO):
            with pytest.raises(Conflict):
                keyring.register(work, actor, key, "もう一度")
        with pytest.raises(Invalid):
            keyring.register(work, CHUO, PrivateKey.new().public, " ")
        other = keyring.register(work, CHUO, PrivateKey.new().public, "中央")
        assert keyring.keys(work) == (other, made)
        assert keyring.keys(work, "131016") == (made,)
        assert keyring.get(work, key.id) == made
        assert made.name == "係の鍵" and keyring.get(work, "0" * 64) is None


def test_revoking(records: Records, keyring: Keyring) -> None:
    key = PrivateKey.new().public
    with records.write() as work:
        keyring.register(work, CHIYODA, key, "鍵")
        with pytest.raises(NotFound):
            keyring.revoke(work, CHUO, key.id, "他区")
        with pytest.raises(Invalid):
            keyring.revoke(work, CHIYODA, key.id, " ")
        gone = keyring.revoke(work, CHIYODA, key.id, "紛失")
        assert gone.revoked_at is not None and (gone.revoked_by, gone.reason) == ("u1", "紛失")
        with pytest.raises(Conflict):
            keyring.revoke(work, CHIYODA, key.id, "紛失")
        actions = work.connection.execute(select(audit_rows.c.action, audit_rows.c.subject)).all()
        assert [tuple(row) for row in actions] == [("key.created", key.id), ("key.revoked", key.id)]


def test_what_a_signature_is_worth(
    records: Records, keyring: Keyring, clock: FixedClock, tmp_path: Path
) -> None:
    own, foreign, unknown = PrivateKey.new(), PrivateKey.new(), PrivateKey.new()
    with records.write() as work:
        keyring.register(work, CHIYODA, own.public, "千代田")
        keyring.register(work, CHUO, foreign.public, "中央")

        def trust(envelope: str, digest: str = DIGEST, kind: str = "form") -> Trust:
            return keyring.judge(work, envelope, kind, digest).trust

        good = KeyFileSigner(own, keyring).sign(work, manifest(clock))
        verdict = keyring.judge(work, good.to_json(), "form", DIGEST)
        assert (verdict.trust, verdict.sound, verdict.manifest) == (Trust.VALID, True, manifest(clock))
        assert verdict.key is not None and verdict.key.name == "千代田"
        assert trust("") is Trust.UNSIGNED
        assert trust("{}") is Trust.BROKEN
        assert trust(good.to_json(), digest="cd" * 32) is Trust.BROKEN
        assert trust(good.to_json(), kind="model") is Trust.BROKEN
        assert trust(replace(good, payload_type="text/plain").to_json()) is Trust.BROKEN
        other = manifest(clock, owner="131024").canonical()
        assert trust(replace(good, payload=other).to_json()) is Trust.BROKEN
        assert trust(_signed(foreign, manifest(clock))) is Trust.STRANGER
        assert trust(_signed(unknown, manifest(clock))) is Trust.UNKNOWN
        both = replace(
            good, signatures=(*_open(_signed(unknown, manifest(clock))).signatures, *good.signatures)
        )
        assert trust(both.to_json()) is Trust.VALID
        with pytest.raises(Invalid):
            KeyFileSigner(foreign, keyring).sign(work, manifest(clock))
        with pytest.raises(Invalid):
            KeyFileSigner(unknown, keyring).sign(work, manifest(clock))
        house = HouseSigner(tmp_path / "keys", keyring).sign(work, manifest(clock))
        assert trust(house.to_json()) is Trust.HOUSE
        keyring.revoke(work, CHIYODA, own.public.id, "紛失")
        assert trust(good.to_json()) is Trust.REVOKED
        with pytest.raises(Invalid):
            KeyFileSigner(own, keyring).sign(work, manifest(clock))


def test_the_houses_key_is_made_once_and_replaced_when_revoked(
    records: Records, keyring: Keyring, clock: FixedClock, tmp_path: Path
) -> None:
    folder = tmp_path / "keys"
    shared = Actor("u9", "共同", "shared")
    with records.write() as work:
        first = HouseSigner(folder, keyring).sign(work, manifest(clock)).signatures[0].key_id
        assert HouseSigner(folder, keyring).sign(work, manifest(clock)).signatures[0].key_id == first
        assert [key.id for key in keyring.keys(work, "shared")] == [first]
        keyring.revoke(work, shared, first, "担当者の交代")
        second = HouseSigner(folder, keyring).sign(work, manifest(clock)).signatures[0].key_id
        assert second != first
    assert PrivateKey.read(folder / f"{first}.pem").public.id == first
    assert PrivateKey.read(folder / "house.pem").public.id == second
    assert folder.stat().st_mode & 0o077 == 0


def test_two_first_publishers_at_once_share_one_key(
    records: Records, keyring: Keyring, clock: FixedClock, tmp_path: Path
) -> None:
    used: list[str] = []
    begin = threading.Barrier(4)

    def publish() -> None:
        begin.wait(10)
        with records.write() as work:
            used.append(
                HouseSigner(tmp_path / "keys", keyring).sign(work, manifest(clock)).signatures[0].key_id
            )

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(used) == 4 and len(set(used)) == 1
    with records.read() as work:
        assert [key.id for key in keyring.keys(work)] == used[:1]


def _signed(key: PrivateKey, content: Manifest) -> str:
    return signed(key, content).to_json()


def _open(envelope: str) -> Envelope:
    opened = Envelope.parse(envelope)
    assert opened is not None
    return opened
