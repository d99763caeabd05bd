"""The keys that are known here: registered, revoked, and what they say about an envelope."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from kernel.artifacts.envelope import MANIFEST_TYPE, Envelope, pae
from kernel.artifacts.keys import PublicKey
from kernel.artifacts.manifest import Manifest
from kernel.artifacts.tables import signing_keys
from kernel.audit import Audit
from kernel.clock import Clock
from kernel.errors import Conflict, Invalid, Problem, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.organisations import SHARED_BODY, organisation
from kernel.records import UnitOfWork

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A registered key. `house`: the installation holds it, for what is published in the browser."""

    key: PublicKey
    organisation: str
    name: str
    house: bool
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    revoked_by: str = ""
    reason: str = ""

    @property
    def id(self) -> str:
        return self.key.id


class Trust(StrEnum):
    """What a signature is worth. Only VALID and HOUSE say who published; HOUSE: it was published in the browser
    and the installation vouches for it."""

    VALID = "valid"
    HOUSE = "house"
    REVOKED = "revoked"  # the key was revoked, and when a thing was signed nobody can tell
    STRANGER = "stranger"  # the key belongs to another organisation than the publisher
    UNKNOWN = "unknown"  # the key is not registered here
    UNSIGNED = "unsigned"
    BROKEN = "broken"  # the signature or the digest does not fit


@dataclass(frozen=True, slots=True)
class Verdict:
    """With the key that decided, where one is known, and the manifest, where the envelope holds one."""

    trust: Trust
    manifest: Manifest | None = None
    key: SigningKey | None = None

    @property
    def sound(self) -> bool:
        return self.trust in {Trust.VALID, Trust.HOUSE}


class Keyring:
    """Public keys of all organisations. The edge commits."""

    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    def register(
        self, work: UnitOfWork, actor: Actor, key: PublicKey, name: str, *, house: bool = False
    ) -> SigningKey:
        """For the actor's organisation; a key belongs to one organisation for ever. Raises Conflict for a key
        that is there already, Invalid."""
        organisation(actor.organisation)
        if not name.strip() or len(name) > LONGEST_NAME:
            text = Text(
                f"鍵の名前を{LONGEST_NAME}文字以内で付けてください。",
                f"Name the key in at most {LONGEST_NAME} characters.",
            )
            raise Invalid(text, (Problem("name", text),))
        made = SigningKey(key, actor.organisation, name.strip(), house, self._clock.now(), actor.user_id)
        try:
            with work.connection.begin_nested():
                work.connection.execute(insert(signing_keys).values(**_values(made)))
        except IntegrityError as error:
            raise Conflict(
                Text("この鍵はすでに登録されています。", "This key is registered already.")
            ) from error
        self._note(work, made, actor, "key.created")
        return made

    def get(self, work: UnitOfWork, key_id: str) -> SigningKey | None:
        row = work.connection.execute(select(signing_keys).where(signing_keys.c.id == key_id)).one_or_none()
        return None if row is None else _key(row)

    def keys(self, work: UnitOfWork, owner: str | None = None) -> tuple[SigningKey, ...]:
        """Of one organisation or of all, newest first, revoked ones too: public keys are no secret."""
        statement = select(signing_keys).order_by(signing_keys.c.created_at.desc(), signing_keys.c.id)
        if owner is not None:
            statement = statement.where(signing_keys.c.organisation == owner)
        return tuple(_key(row) for row in work.connection.execute(statement))

    def revoke(self, work: UnitOfWork, actor: Actor, key_id: str, reason: str) -> SigningKey:
        """By the key's organisation. What was signed with it is no longer vouched for. Raises NotFound, Conflict
        when it was revoked before, Invalid without a reason."""
        found = self.get(work, key_id)
        if found is None or found.organisation != actor.organisation:
            raise not_found("鍵", "The key")
        if not reason.strip():
            text = Text("失効させる理由を書いてください。", "Say why the key is revoked.")
            raise Invalid(text, (Problem("reason", text),))
        changed = work.connection.execute(
            update(signing_keys)
            .where(signing_keys.c.id == key_id, signing_keys.c.revoked_at.is_(None))
            .values(revoked_at=self._clock.now(), revoked_by=actor.user_id, reason=reason.strip())
        )
        if changed.rowcount == 0:
            raise Conflict(Text("この鍵はすでに失効しています。", "This key is revoked already."))
        self._note(work, found, actor, "key.revoked")
        revoked = self.get(work, key_id)
        assert revoked is not None
        return revoked

    def judge(self, work: UnitOfWork, envelope: str, kind: str, digest: str) -> Verdict:
        """Whether an envelope vouches for this content. `kind`: what the manifest must be about; `digest`: of
        the content at hand."""
        if not envelope:
            return Verdict(Trust.UNSIGNED)
        opened = Envelope.parse(envelope)
        manifest = Manifest.parse(opened.payload) if opened else None
        if opened is None or manifest is None:
            return Verdict(Trust.BROKEN)
        if (opened.payload_type, manifest.kind, manifest.digest) != (MANIFEST_TYPE, kind, digest):
            return Verdict(Trust.BROKEN, manifest)
        message = pae(opened.payload_type, opened.payload)
        verdicts = []
        for each in opened.signatures:
            known = self.get(work, each.key_id)
            if known is not None:
                sound = known.key.verifies(each.signature, message)
                verdicts.append(Verdict(_trust(known, manifest) if sound else Trust.BROKEN, manifest, known))
        if not verdicts:
            return Verdict(Trust.UNKNOWN, manifest)
        order = list(Trust)
        return min(verdicts, key=lambda verdict: order.index(verdict.trust))

    def _note(self, work: UnitOfWork, key: SigningKey, actor: Actor, action: str) -> None:
        self._audit.record(work, key.organisation, actor.user_id, action, key.id, {"house": key.house})


def _trust(key: SigningKey, manifest: Manifest) -> Trust:
    if key.revoked_at is not None:
        return Trust.REVOKED
    if key.house and key.organisation == SHARED_BODY:
        return Trust.HOUSE
    return Trust.VALID if key.organisation == manifest.owner else Trust.STRANGER


def _values(key: SigningKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "organisation": key.organisation,
        "name": key.name,
        "public": key.key.raw,
        "house": key.house,
        "created_at": key.created_at,
        "created_by": key.created_by,
        "revoked_at": key.revoked_at,
        "revoked_by": key.revoked_by,
        "reason": key.reason,
    }


def _key(row: Row[Any]) -> SigningKey:
    return SigningKey(
        key=PublicKey(row.public),
        organisation=row.organisation,
        name=row.name,
        house=row.house,
        created_at=row.created_at,
        created_by=row.created_by,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        reason=row.reason,
    )
