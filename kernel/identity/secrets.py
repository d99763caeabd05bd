"""Random secrets and what is kept of them."""

import hashlib
import hmac
import secrets

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I: people copy codes from paper
CODE_GROUPS = 4
CODE_GROUP_LENGTH = 4


def new_secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 in hexadecimal: enough for a random secret, which nobody can guess from a word list."""
    return hashlib.sha256(secret.encode()).hexdigest()


def derived(secret: str, purpose: str) -> str:
    """A value bound to a secret that does not reveal it (HMAC-SHA256), for example a CSRF token."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def new_code() -> str:
    """A one-time code for paper: 80 random bits as ABCD-EFGH-JKLM-NPQR."""
    groups = (
        "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_GROUP_LENGTH)) for _ in range(CODE_GROUPS)
    )
    return "-".join(groups)


def normalised_code(typed: str) -> str:
    """A code as people type it: small letters, blanks and missing hyphens are forgiven."""
    letters = "".join(character for character in typed.upper() if character.isalnum())
    return "-".join(
        letters[start : start + CODE_GROUP_LENGTH] for start in range(0, len(letters), CODE_GROUP_LENGTH)
    )
