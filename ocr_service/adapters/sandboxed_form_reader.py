"""A FormReader whose work is done inside the sandbox."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kernel.clock import Clock
from kernel.errors import Unavailable
from kernel.sandbox import Refused, Sandbox, Unguarded
from ocr_service.models.readings import PageReading
from ocr_service.ports.form_reading import KnownForm, UnreadableScan, Wanted
from ocr_service.schemas.forms import write_file
from ocr_service.schemas.readings import reading_from_json


class SandboxedFormReader:
    """One process for each call: about a second before the first page, memory given back after the last."""

    def __init__(self, sandbox: Sandbox, task: str, clock: Clock) -> None:
        """`task` is the dotted path of form_reading.sandboxed:read_pages; a name, so that nothing is loaded
        here."""
        self._sandbox = sandbox
        self._task = task
        self._clock = clock

    def read(
        self,
        file: Path,
        wanted: Sequence[Wanted],
        forms: Sequence[KnownForm],
        on_page: Callable[[PageReading], None],
    ) -> None:
        arguments: dict[str, Any] = {
            "name": file.name,
            "today": self._clock.now().date().isoformat(),
            "forms": [[known.template_id, known.version] for known in forms],
            "pages": [
                [each.address.member, each.address.number, each.template_id, each.template_page]
                for each in wanted
            ],
        }
        with tempfile.TemporaryDirectory(prefix="chienowa-forms-") as folder:
            written = [_written(Path(folder), number, known) for number, known in enumerate(forms)]
            try:
                self._sandbox.run(
                    self._task,
                    arguments,
                    [file, *written],
                    on_item=lambda item: on_page(reading_from_json(item)),
                )
            except Unguarded as failure:
                raise Unavailable(failure.text) from failure
            except Refused as refused:
                raise UnreadableScan(refused.text) from refused


def _written(folder: Path, number: int, known: KnownForm) -> Path:
    path = folder / f"{number}.json"
    path.write_bytes(write_file(known.form))
    return path
