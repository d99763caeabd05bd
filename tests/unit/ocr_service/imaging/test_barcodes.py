"""Bar codes on a scan."""

import cv2
import numpy as np
import pytest
import zxingcpp

from ocr_service.adapters.imaging.barcodes import codes


@pytest.mark.parametrize(
    ("format_", "text"),
    [("QRCode", "R8-33223520"), ("Code128", "TK-0042"), ("ITF", "12345670"), ("EAN13", "4901234567894")],
)
def test_codes_are_read_from_a_poor_scan(format_: str, text: str) -> None:
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, format_))
    drawn = np.array(zxingcpp.write_barcode_to_image(barcode, scale=3))
    picture = cv2.copyMakeBorder(drawn, 30, 30, 40, 40, cv2.BORDER_CONSTANT, value=255)
    noisy = cv2.GaussianBlur(picture, (0, 0), 0.7) + np.random.default_rng(1).normal(0, 8, picture.shape)
    crop = np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    assert [code.text for code in codes(np.rot90(crop, 2))] == [text]


def test_paper_holds_no_code() -> None:
    assert codes(np.full((120, 300, 3), 240, np.uint8)) == []
