"""The versions of the static model on disk: a folder each, and promoted.json that says which is in use."""

import json
import os
import shutil
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kb_service.ports.adaptation import Promotion
from kernel.errors import Conflict, Text
from kernel.ids import new_id

_POINTER = "promoted.json"
_REMEMBERED = 100  # steps of the history


class FolderShelf:
    """Implements ports.adaptation.ModelShelf. The pointer is replaced by rename: readers in other processes see
    the old version or the new one."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: tuple[int, dict[str, Any]] = (0, {})

    def current(self) -> Path | None:
        return self._folder("current")

    def base(self) -> Path | None:
        return self._folder("base")

    def fresh(self) -> Path:
        folder = self._root / new_id()
        folder.mkdir(parents=True)
        return folder

    def keep_base(self, folder: Path, promotion: Promotion) -> None:
        state = dict(self._state())
        if state.get("current") in (None, state.get("base")):
            state["current"] = folder.name
            state["history"] = [*state.get("history", []), _plain(promotion)]
        self._write({**state, "base": folder.name})

    def promote(self, folder: Path, promotion: Promotion) -> None:
        state = self._state()
        steps = [*state.get("history", []), _plain(promotion)][-_REMEMBERED:]
        former = state.get("current")
        self._write({**state, "current": folder.name, "previous": former, "history": steps})

    def rollback(self, at: datetime) -> Promotion:
        state = self._state()
        former = state.get("previous")
        if not former or not (self._root / former).is_dir():
            raise Conflict(
                Text(
                    "戻せる前のモデルがありません。",
                    "There is no earlier model to go back to.",
                )
            )
        version = json.loads((self._root / former / "about.json").read_text(encoding="utf-8"))["version"]
        known = [step for step in self.history() if step.version == version]
        back = Promotion(version, at, known[-1].entries if known else 0)
        step = replace(back, note="rollback")
        steps = [*state.get("history", []), _plain(step)][-_REMEMBERED:]
        self._write({**state, "current": former, "previous": None, "history": steps})
        return step

    def discard(self, folder: Path) -> None:
        if folder.name not in self._used(self._state()):
            shutil.rmtree(folder, ignore_errors=True)

    def history(self) -> tuple[Promotion, ...]:
        return tuple(
            Promotion(**{**step, "at": datetime.fromisoformat(step["at"])})
            for step in self._state().get("history", [])
        )

    def _folder(self, name: str) -> Path | None:
        named = self._state().get(name)
        return self._root / named if named and (self._root / named / "about.json").is_file() else None

    def _state(self) -> dict[str, Any]:
        """What the pointer says; read again only when it was replaced, because it is asked at every search."""
        try:
            stamp = (self._root / _POINTER).stat().st_mtime_ns
            if stamp != self._seen[0]:
                self._seen = (stamp, json.loads((self._root / _POINTER).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}
        return self._seen[1]

    def _write(self, state: dict[str, Any]) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        beside = self._root / f"{_POINTER}.new"
        with beside.open("w", encoding="utf-8") as file:
            json.dump(state, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._root / _POINTER)
        self._seen = (0, {})
        for folder in self._root.iterdir():
            if folder.is_dir() and folder.name not in self._used(state) and (folder / "about.json").exists():
                shutil.rmtree(folder, ignore_errors=True)

    def _used(self, state: dict[str, Any]) -> set[str]:
        return {str(state[name]) for name in ("base", "current", "previous") if state.get(name)}


def _plain(promotion: Promotion) -> dict[str, Any]:
    return {**asdict(promotion), "at": promotion.at.isoformat()}
