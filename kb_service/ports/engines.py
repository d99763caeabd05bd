"""How the two indexes and the embedder come into being; the wiring chooses the engines."""

from pathlib import Path
from typing import Protocol

from kb_service.ports.keyword import KeywordIndex
from kb_service.ports.vectors import Embedder, VectorIndex


class Engines(Protocol):
    """Opens indexes in folders, and knows the embedder that is promoted now."""

    def keyword(self, folder: Path, writable: bool) -> KeywordIndex:
        """Opens the index in the folder, or makes a new one when it is writable and empty. Any exception means
        that the folder cannot be used (missing, corrupt, of another version)."""

    def vectors(self, folder: Path, embedder: Embedder, writable: bool) -> VectorIndex:
        """The same for vectors of this embedder."""

    def embedder(self) -> Embedder:
        """The same object as before unless another version was promoted; asked often, so it must be cheap.
        Raises Unavailable when there is none: then only words are searched."""
