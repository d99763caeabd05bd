"""A shipped blank form read inside the sandbox."""

from pathlib import Path

import pytest

import ocr_service
from kernel.sandbox import Sandbox
from ocr_service.adapters.sandboxed_blank_reader import SandboxedBlankReader
from ocr_service.models.fields import Box
from ocr_service.ports.form_reading import UnreadableScan
from ocr_service.schemas.forms import read_file

FORMS = Path(ocr_service.__file__).parent / "samples" / "forms"


def reader() -> SandboxedBlankReader:
    return SandboxedBlankReader(Sandbox(), "ocr_service.adapters.imaging.blanks:read_blank_form")


def shared(a: Box, b: Box) -> float:
    width = min(a.right, b.right) - max(a.x, b.x)
    height = min(a.bottom, b.bottom) - max(a.y, b.y)
    both = max(0.0, width) * max(0.0, height)
    return both / (a.width * a.height + b.width * b.height - both)


def test_most_fields_of_a_shipped_form_are_proposed() -> None:
    (page,) = reader().pages(FORMS / "jumin_ido.pdf", "住民異動届.pdf")
    assert (round(page.width), round(page.height)) == (210, 297)
    form = read_file((FORMS / "jumin_ido.json").read_bytes())
    fields = list(getattr(form, "form", form).pages[0].fields)
    boxes = [field.box for field in fields if not field.choices]
    found = [box for box in boxes if any(shared(box, each.box) > 0.5 for each in page.proposals)]
    assert len(found) >= 0.6 * len(boxes)
    assert any(each.label == "世帯主" or "氏名" in each.label for each in page.proposals)


def test_what_is_no_scan_is_told(tmp_path: Path) -> None:
    file = tmp_path / "form.pdf"
    file.write_bytes(b"no form at all")
    with pytest.raises(UnreadableScan, match="form"):
        reader().pages(file, "form.pdf")
