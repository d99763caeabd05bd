"""The error tree. Every error a person can meet knows its HTTP status and says, in two languages,
what was wrong, where, and what to do."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """One message for a person, in Japanese and in English."""

    ja: str
    en: str

    def in_language(self, language: str) -> str:
        """`language` is "ja" or "en"; anything else reads Japanese."""
        return self.en if language == "en" else self.ja


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one place of an input. `where` is a field name or a JSON pointer."""

    where: str
    text: Text


@dataclass(eq=False)
class ChienowaError(Exception):
    """Root of all errors that are answered to a person rather than logged as a defect."""

    text: Text
    problems: tuple[Problem, ...] = field(default=())

    status = 500
    code = "internal-error"

    def __str__(self) -> str:
        return self.text.en


class NotFound(ChienowaError):
    """Does not exist, or the reader may not know that it exists: the two must look the same."""

    status = 404
    code = "not-found"


class Invalid(ChienowaError):
    """The input breaks a rule; `problems` says which fields."""

    status = 422
    code = "invalid"


class Unauthenticated(ChienowaError):
    """Nobody is logged in, or the token is unknown."""

    status = 401
    code = "unauthenticated"


class Forbidden(ChienowaError):
    """The person is known and may not do this."""

    status = 403
    code = "forbidden"


class Conflict(ChienowaError):
    """The thing exists already, or its state does not allow the step."""

    status = 409
    code = "conflict"


class Stale(ChienowaError):
    """Somebody saved in between (If-Match failed). Carries what is needed to choose."""

    status = 412
    code = "stale-version"


class PreconditionRequired(ChienowaError):
    """A write without If-Match."""

    status = 428
    code = "precondition-required"


class TooLarge(ChienowaError):
    """The upload is over the limit."""

    status = 413
    code = "too-large"


class TooManyAttempts(ChienowaError):
    """Locked out for a while."""

    status = 429
    code = "too-many-attempts"


class Unavailable(ChienowaError):
    """A part that is needed is not there now: full disk, index rebuilding, model missing."""

    status = 503
    code = "unavailable"


class Clashed(Unavailable):
    """Two changes stood in each other's way in the database and this one gave way: nothing of it is stored, and
    the same again will pass."""


def not_found(what_ja: str, what_en: str) -> NotFound:
    """The one sentence for a thing that is absent or must look absent."""
    return NotFound(
        Text(
            f"{what_ja}が見つかりません。削除されたか、閲覧できる範囲にありません。",
            f"{what_en} was not found. It was deleted or is outside what you may read.",
        )
    )
