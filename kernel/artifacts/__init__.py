"""Artifacts: what other organisations may depend on. Versioned, never changed, told by their digest, signed."""

from kernel.artifacts.envelope import MANIFEST_TYPE, Envelope, Signature, pae
from kernel.artifacts.keyring import Keyring, Trust, Verdict
from kernel.artifacts.keys import PrivateKey, PublicKey
from kernel.artifacts.manifest import Manifest
from kernel.artifacts.signing import HouseSigner, KeyFileSigner, Signer
from kernel.artifacts.versions import Change, Version

__all__ = [
    "MANIFEST_TYPE",
    "Change",
    "Envelope",
    "HouseSigner",
    "KeyFileSigner",
    "Keyring",
    "Manifest",
    "PrivateKey",
    "PublicKey",
    "Signature",
    "Signer",
    "Trust",
    "Verdict",
    "Version",
    "pae",
]
