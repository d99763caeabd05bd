"""Tesseract 5 with the Japanese model (Debian: tesseract-ocr, tesseract-ocr-jpn), for comparison."""
