"""Semantic versions (semver.org 2.0.0) without pre-releases and build data, which artifacts do not have."""

import re
from dataclasses import dataclass
from enum import IntEnum

from kernel.errors import Invalid, Problem, Text

_WRITTEN = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})", re.ASCII)


class Change(IntEnum):
    """How much a version differs from the one before, for those who depend on it."""

    PATCH = 0  # nothing that they rely on
    MINOR = 1  # something more
    MAJOR = 2  # something that they relied on is gone or means something else


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Ordered by precedence."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Raises Invalid."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            message = Text(
                "版の番号が正しくありません（例: 1.2.0）。", "This is no version number, for example 1.2.0."
            )
            raise Invalid(message, (Problem("version", message),))
        return cls(int(found[1]), int(found[2]), int(found[3]))

    def after(self, change: Change) -> "Version":
        if change is Change.MAJOR:
            return Version(self.major + 1, 0, 0)
        if change is Change.MINOR:
            return Version(self.major, self.minor + 1, 0)
        return Version(self.major, self.minor, self.patch + 1)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST = Version(1, 0, 0)
