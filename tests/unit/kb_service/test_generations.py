"""What the log says of missing text vectors."""

import logging
from pathlib import Path
from typing import cast

import pytest

from kb_service.ports.engines import Engines
from kb_service.ports.vectors import Embedder
from kb_service.service.generations import Generations
from kernel.errors import Text, Unavailable
from tests.fakes.vectors import LetterEmbedder


class Moody:
    """Engines whose embedder is missing for a reason, or there when there is none."""

    reason = "no model yet"

    def embedder(self) -> Embedder:
        if self.reason:
            raise Unavailable(Text(self.reason, self.reason))
        return LetterEmbedder()


def test_missing_vectors_are_logged_once_until_something_changes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engines = Moody()
    generations = Generations(tmp_path, cast(Engines, engines))
    caplog.set_level(logging.INFO)
    lines: list[int] = []
    for reason in ("no model yet", "no model yet", "broken", "broken", "", "", "broken"):
        engines.reason = reason
        assert (generations.promoted() is None) == bool(reason)
        lines.append(len(caplog.records))
    assert lines == [1, 1, 2, 2, 3, 3, 4]
