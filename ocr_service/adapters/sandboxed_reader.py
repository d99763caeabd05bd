"""A PageReader whose engine works inside the sandbox."""

from pathlib import Path

from kernel.sandbox import Refused, Sandbox, SandboxError
from ocr_service.models.pages import PageText
from ocr_service.ports.page_reading import UnreadableImage
from ocr_service.schemas.pages import page_from_json


class SandboxedPageReader:
    """Starts the engine anew for each file: about a second before the first line."""

    def __init__(self, sandbox: Sandbox, task: str) -> None:
        """`task` is the dotted path of a function that answers schemas.page_to_json."""
        self._sandbox = sandbox
        self._task = task

    def read(self, image: Path, page: int = 1) -> PageText:
        try:
            return page_from_json(self._sandbox.run(self._task, {"page": page}, [image]))
        except Refused as refused:
            raise UnreadableImage(refused.text) from refused
        except SandboxError as failure:
            raise UnreadableImage(failure.text) from failure
