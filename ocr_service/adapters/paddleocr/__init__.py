"""PaddleOCR 3 with local models (extra: paddleocr, paddlepaddle). Nothing is ever fetched from a network."""
