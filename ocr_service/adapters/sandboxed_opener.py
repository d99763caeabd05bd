"""A ScanOpener that looks into files inside the sandbox."""

from pathlib import Path

from kernel.errors import Unavailable
from kernel.sandbox import Sandbox, SandboxError, Unguarded
from ocr_service.ports.form_reading import Contents, PageAddress, Unopened, UnreadableScan


class SandboxedScanOpener:
    """One process a file, about half a second before the first page is counted."""

    def __init__(self, sandbox: Sandbox, task: str) -> None:
        """`task` is the dotted path of imaging.opening:look_into_file; a name, so that nothing is loaded here."""
        self._sandbox = sandbox
        self._task = task

    def contents(self, file: Path, name: str) -> Contents:
        try:
            answer = self._sandbox.run(self._task, {"name": name}, [file])
        except Unguarded as failure:
            raise Unavailable(failure.text) from failure
        except SandboxError as failure:
            raise UnreadableScan(failure.text) from failure
        return Contents(
            tuple(PageAddress(member, number) for member, number in answer["pages"]),
            tuple(Unopened(member, ja, en) for member, ja, en in answer["unopened"]),
        )
