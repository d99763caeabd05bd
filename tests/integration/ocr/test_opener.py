"""Files are looked into inside the sandbox."""

from pathlib import Path

import pytest
from PIL import Image

from kernel.sandbox import Sandbox
from ocr_service.adapters.sandboxed_opener import SandboxedScanOpener
from ocr_service.ports.form_reading import PageAddress, UnreadableScan
from tests.resources import bad_files

TASK = "ocr_service.adapters.imaging.opening:look_into_file"


def test_pages_are_counted_behind_the_walls(tmp_path: Path) -> None:
    pages = [Image.new("1", (400, 600), 1)] * 3
    pages[0].save(tmp_path / "blob", "TIFF", compression="group4", save_all=True, append_images=pages[1:])
    found = SandboxedScanOpener(Sandbox(), TASK).contents(tmp_path / "blob", "束.tif")
    assert found.pages == tuple(PageAddress("", number) for number in (1, 2, 3)) and found.unopened == ()


def test_the_reason_comes_out_with_the_name_that_people_know(tmp_path: Path) -> None:
    bad_files.encrypted_pdf(tmp_path / "blob")
    with pytest.raises(UnreadableScan) as raised:
        SandboxedScanOpener(Sandbox(), TASK).contents(tmp_path / "blob", "申請書.pdf")
    assert raised.value.text.ja.startswith("「申請書.pdf」: パスワード")
