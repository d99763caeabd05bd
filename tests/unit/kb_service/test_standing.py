"""What the writing process tells the others."""

import os
import time
from pathlib import Path

from kb_service.models.indexing import Filling
from kb_service.service.standing import SILENT_SECONDS, Standing, StandingFile
from kernel.errors import Text


def test_what_is_told_is_read(tmp_path: Path) -> None:
    file = StandingFile(tmp_path / "standing.json")
    for standing in (
        Standing(Filling(3, 10), Text("空きがありません。", "No space.")),
        Standing(problem=Text("停止中", "standing")),
        Standing(),
    ):
        file.tell(standing)
        assert StandingFile(tmp_path / "standing.json").read() == standing


def test_silence_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "standing.json"
    file = StandingFile(path)
    assert file.read().problem is not None
    file.tell(Standing())
    long_ago = time.time() - SILENT_SECONDS - 1
    os.utime(path, (long_ago, long_ago))
    problem = file.read().problem
    assert problem is not None and problem.en.startswith("The process that updates")
    path.write_text("{", encoding="utf-8")
    assert file.read().problem is not None
    file.tell(Standing())
    assert file.read() == Standing()
