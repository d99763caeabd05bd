"""Two-dimensional codes that an office prints on a form before it sends it out."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_service.models.fields import Box


def qr_mask(text: str, box: Box, scale: float) -> NDArray[np.float32]:
    """The code as ink (1) on paper (0), filling the height of the box."""
    engine: Any = cv2
    code = engine.QRCodeEncoder_create().encode(text)
    side = max(21, round(min(box.width, box.height) * scale))
    big = cv2.resize(code, (side, side), interpolation=cv2.INTER_NEAREST)
    return np.asarray(big < 128, np.float32)
