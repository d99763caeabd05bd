"""Lexicon files: read when a reader starts, made anew by `python -m ocr_service.adapters.lexicons.building`."""
