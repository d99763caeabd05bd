"""What the process that writes the indexes tells the processes that only read them."""

import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from kb_service.models.indexing import Filling
from kernel.errors import Text

_log = logging.getLogger(__name__)

SILENT_SECONDS = 20.0  # without a word from the writing process: something is wrong with it

_SILENT = Text(
    "索引を更新するプロセスが応答していません。自動で再起動しています。続くときは、ログを確かめてください。"
    "保存した内容は失われていません。",
    "The process that updates the search index does not answer. It is being restarted; look into the log if it "
    "goes on. Nothing that was saved is lost.",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an index is being built, and what keeps the indexes from following; None when all is well."""

    filling: Filling | None = None
    problem: Text | None = None


class StandingFile:
    """A small file beside the indexes, rewritten every few seconds. Losing it loses a notice, never an entry."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tell(self, standing: Standing) -> None:
        """Replaces the file; its time says that the writing process is there."""
        filling, problem = standing.filling, standing.problem
        content = {
            "filling": [filling.done, filling.total] if filling else None,
            "problem": [problem.ja, problem.en] if problem else None,
        }
        temporary = self._path.with_suffix(".new")
        try:
            temporary.write_text(json.dumps(content), encoding="utf-8")
            temporary.replace(self._path)
        except OSError:  # a full disk is told by what could not be written because of it
            _log.warning("how the indexes stand could not be noted in %s", self._path)

    def read(self) -> Standing:
        """What was told last; a problem when that is long ago."""
        try:
            if time.time() - self._path.stat().st_mtime > SILENT_SECONDS:
                return Standing(problem=_SILENT)
            content = json.loads(self._path.read_text(encoding="utf-8"))
            filling, problem = content["filling"], content["problem"]
            return Standing(Filling(*filling) if filling else None, Text(*problem) if problem else None)
        except (OSError, ValueError, KeyError, TypeError):
            return Standing(problem=_SILENT)
