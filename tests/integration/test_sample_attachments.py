"""Every attachment that ships with the samples is read whole, the scanned ones by OCR."""

from pathlib import Path

import pytest

import kb_service
from kb_service.adapters.extraction import SandboxedExtractor
from kernel.sandbox import Sandbox
from ocr_service.wiring import PAGE_READER

FOLDER = Path(kb_service.__file__).parent / "samples" / "attachments"
FILES = sorted(file for file in FOLDER.iterdir() if file.suffix != ".py")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_is_read_without_a_note(file: Path) -> None:
    found = SandboxedExtractor(Sandbox(), PAGE_READER).extract(file, file.name, lambda done, total: None)
    assert found.notes == ()
    assert sum(len(part.text) for part in found.parts) >= 30
    assert "\ufffd" not in "".join(part.text for part in found.parts)
    is_picture = file.suffix in (".png", ".jpg") or file.name.startswith("scan-")
    assert all(part.by_ocr == is_picture for part in found.parts)
