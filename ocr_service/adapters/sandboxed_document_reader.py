"""A DocumentReader whose work is done inside the sandbox."""

from collections.abc import Callable
from pathlib import Path

from kernel.errors import Unavailable
from kernel.sandbox import Sandbox, SandboxError, Unguarded
from ocr_service.models.documents import DocumentPage
from ocr_service.ports.form_reading import UnreadableScan
from ocr_service.schemas.document_pages import page_from_json


class SandboxedDocumentReader:
    """One process a file: about a second before the first page, then about three a page."""

    def __init__(self, sandbox: Sandbox, task: str) -> None:
        """`task` is the dotted path of document_reading.sandboxed:read_document; a name, so that nothing is loaded
        here."""
        self._sandbox = sandbox
        self._task = task

    def read(
        self,
        file: Path,
        name: str,
        on_page: Callable[[DocumentPage], None],
        on_progress: Callable[[int, int], None],
    ) -> None:
        try:
            self._sandbox.run(
                self._task,
                {"name": name},
                [file],
                on_progress=on_progress,
                on_item=lambda item: on_page(page_from_json(item)),
            )
        except Unguarded as failure:
            raise Unavailable(failure.text) from failure
        except SandboxError as failure:
            raise UnreadableScan(failure.text) from failure
