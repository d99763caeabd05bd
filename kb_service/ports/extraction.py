"""Text out of files of unknown origin."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kb_service.models.attachments import TextPart
from kernel.errors import ChienowaError, Text

Progress = Callable[[int, int], None]  # done, total pages, sheets or slides


class Unreadable(ChienowaError):
    """A file that could not be read and why: encrypted, truncated, wrong type, a bomb, over a limit."""

    status = 422
    code = "unreadable-file"


@dataclass(frozen=True, slots=True)
class ExtractedText:
    """What a file says. `media_type` is told from its bytes, not from its name. `notes` say what was left out
    (pages beyond the limit, a page that could not be drawn); without notes the file was read whole."""

    media_type: str
    parts: tuple[TextPart, ...]
    title: str = ""
    notes: tuple[Text, ...] = ()


class TextExtractor(Protocol):
    """Reads a file in a sandbox; never runs in the web process."""

    def extract(self, file: Path, name: str, progress: Progress) -> ExtractedText:
        """Raises Unreadable. Parts come in document order; places without text are left out."""
