"""Engines that read the picture of one line. They run inside the sandbox; one instance belongs to one thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ocr_service.models.lattices import Lattice
from ocr_service.ports.page_reading import Pixels

Matrix = NDArray[np.float32]  # time steps × classes, probabilities; class 0 is the CTC blank


@dataclass(frozen=True, slots=True)
class ReadText:
    """A line's text with one confidence (0 to 1) for each character."""

    text: str
    characters: tuple[float, ...]


class CtcReader(Protocol):
    """An engine that shows its CTC matrix, so that our decoder can read it. `engine`: name and version, for
    example "rapidocr-3.10/PP-OCRv6-small"; `alphabet[i]` is the character of class i, alphabet[0] == ""."""

    @property
    def engine(self) -> str: ...

    @property
    def alphabet(self) -> Sequence[str]: ...

    def matrices(self, lines: Sequence[Pixels]) -> list[Matrix]:
        """One matrix a line, in the order given; a line of no width has no time steps. About 5 MB a line:
        for many lines ask for their lattices."""

    def lattices(self, lines: Sequence[Pixels]) -> list[Lattice]:
        """The same, thinned to what the decoder needs (about 50 kB a line)."""


class PlainReader(Protocol):
    """An engine that gives text alone."""

    @property
    def engine(self) -> str: ...

    def texts(self, lines: Sequence[Pixels]) -> list[ReadText]:
        """One text a line, in the order given; nothing read = ""."""
