"""Ed25519 keys (RFC 8032): their identifiers, and files that hold them."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kernel.errors import Conflict, Invalid, NotFound, Problem, Text

RAW = serialization.Encoding.Raw
PEM = serialization.Encoding.PEM


@dataclass(frozen=True, slots=True)
class PublicKey:
    """32 bytes. `id` is the SHA-256 of them, hexadecimal."""

    raw: bytes

    @property
    def id(self) -> str:
        return sha256(self.raw).hexdigest()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def pem(self) -> str:
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    @classmethod
    def from_pem(cls, text: str) -> "PublicKey":
        """Raises Invalid for what is no public Ed25519 key."""
        try:
            key = serialization.load_pem_public_key(text.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise _no_key("公開", "public") from error
        if not isinstance(key, Ed25519PublicKey):
            raise _no_key("公開", "public")
        return cls(key.public_bytes(RAW, serialization.PublicFormat.Raw))


class PrivateKey:
    """A key that signs. It never leaves the process but into a file of its own."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes(RAW, serialization.PublicFormat.Raw))

    @classmethod
    def new(cls) -> "PrivateKey":
        return cls(Ed25519PrivateKey.generate())

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(message)

    def write(self, file: Path, passphrase: str = "") -> None:
        """As PKCS #8 PEM that only the owner may read (0600). Raises Conflict when the file is there already;
        nobody ever sees half a file."""
        encryption = (
            serialization.BestAvailableEncryption(passphrase.encode())
            if passphrase
            else serialization.NoEncryption()
        )
        text = self._key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, encryption)
        temporary = file.with_name(f".{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            os.link(temporary, file)  # fails where there is a file, which rename would replace
        except FileExistsError as error:
            raise Conflict(
                Text(
                    f"ファイル {file} はすでにあります。別の名前を指定してください。",
                    f"The file {file} is there already. Choose another name.",
                )
            ) from error
        finally:
            temporary.unlink()

    @classmethod
    def read(cls, file: Path, passphrase: str = "") -> "PrivateKey":
        """Raises NotFound, and Invalid for what is no private Ed25519 key or has another passphrase."""
        try:
            text = file.read_bytes()
        except OSError as error:
            raise NotFound(
                Text(
                    f"秘密鍵のファイル {file} を読めません。", f"The private key file {file} cannot be read."
                )
            ) from error
        try:
            key = serialization.load_pem_private_key(text, passphrase.encode() if passphrase else None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise _no_key("秘密", "private") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise _no_key("秘密", "private")
        return cls(key)


def _no_key(ja: str, en: str) -> Invalid:
    text = Text(
        f"Ed25519の{ja}鍵（PEM）として読めません。ファイルと、パスフレーズの有無を確かめてください。",
        f"This is no {en} Ed25519 key in PEM, or its passphrase is another one.",
    )
    return Invalid(text, (Problem("key", text),))
