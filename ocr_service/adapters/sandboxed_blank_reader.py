"""A BlankReader that opens and reads the blank form inside the sandbox."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.errors import Unavailable
from kernel.sandbox import Sandbox, SandboxError, Unguarded
from ocr_service.models.fields import Box
from ocr_service.ports.form_reading import BlankPage, Proposal, UnreadableScan


class SandboxedBlankReader:
    """One process a file: about a second to start, and some seconds for each page of a dense form."""

    def __init__(self, sandbox: Sandbox, task: str) -> None:
        """`task` is the dotted path of imaging.blanks:read_blank_form; a name, so that nothing is loaded here."""
        self._sandbox = sandbox
        self._task = task

    def pages(self, file: Path, name: str) -> tuple[BlankPage, ...]:
        try:
            answer = self._sandbox.run(self._task, {"name": name}, [file])
        except Unguarded as failure:
            raise Unavailable(failure.text) from failure
        except SandboxError as failure:
            raise UnreadableScan(failure.text) from failure
        return tuple(_page(each) for each in answer)


def _page(told: Mapping[str, Any]) -> BlankPage:
    return BlankPage(
        number=told["number"],
        width=told["width"],
        height=told["height"],
        dpi=told["dpi"],
        image=base64.b64decode(told["image"]),
        proposals=tuple(
            Proposal(Box(x, y, width, height), kind, label, cells)
            for x, y, width, height, kind, label, cells in told["proposals"]
        ),
    )
