"""Who signs: a ward with a key of its own, or the installation for what is published in the browser."""

from contextlib import suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock

from kernel.artifacts.envelope import MANIFEST_TYPE, Envelope, Signature, pae
from kernel.artifacts.keyring import Keyring
from kernel.artifacts.keys import PrivateKey
from kernel.artifacts.manifest import Manifest
from kernel.audit import SYSTEM
from kernel.errors import Conflict, Invalid, Problem, Text
from kernel.identity.models import Actor
from kernel.identity.organisations import SHARED_BODY
from kernel.records import UnitOfWork

HOUSE_FILE = "house.pem"
_HOUSE = Actor(SYSTEM, "システム", SHARED_BODY)
_HOUSE_NAME = "画面から公開するときの鍵"


class Signer(Protocol):
    """Signs manifests."""

    def sign(self, work: UnitOfWork, manifest: Manifest) -> Envelope:
        """Raises Invalid when this signer may not vouch for the manifest's owner."""


class KeyFileSigner:
    """A ward's own key, from its file."""

    def __init__(self, key: PrivateKey, keyring: Keyring) -> None:
        self._key = key
        self._keyring = keyring

    def sign(self, work: UnitOfWork, manifest: Manifest) -> Envelope:
        known = self._keyring.get(work, self._key.public.id)
        if known is None or known.organisation != manifest.owner or known.revoked_at is not None:
            text = Text(
                "この鍵は、公開する団体の有効な鍵として登録されていません。",
                "This key is not registered as a valid key of the organisation that publishes.",
            )
            raise Invalid(text, (Problem("key", text),))
        return signed(self._key, manifest)


class HouseSigner:
    """The installation's key, kept in `folder` for its owner alone and made at first use. When it was revoked,
    the next signature makes a new one; the old file stays beside it under the key's id."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._file = folder / HOUSE_FILE
        self._keyring = keyring

    def sign(self, work: UnitOfWork, manifest: Manifest) -> Envelope:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(self._file.with_suffix(".lock")):  # several processes may publish
            key = self._ready(work)
        return signed(key, manifest)

    def _ready(self, work: UnitOfWork) -> PrivateKey:
        key = self._read()
        known = self._keyring.get(work, key.public.id)
        if known is not None and known.revoked_at is not None:
            self._file.rename(self._file.with_name(f"{known.id}.pem"))
            key, known = self._read(), None
        if known is None:
            # Another process whose transaction is not over may register it at this moment; then both are right.
            with suppress(Conflict):
                self._keyring.register(work, _HOUSE, key.public, _HOUSE_NAME, house=True)
        return key

    def _read(self) -> PrivateKey:
        if not self._file.exists():
            PrivateKey.new().write(self._file)
        return PrivateKey.read(self._file)


def signed(key: PrivateKey, manifest: Manifest) -> Envelope:
    """The manifest with one signature."""
    payload = manifest.canonical()
    signature = Signature(key.public.id, key.sign(pae(MANIFEST_TYPE, payload)))
    return Envelope(MANIFEST_TYPE, payload, (signature,))
