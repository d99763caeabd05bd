"""rapidocr 3.10 with the PP-OCRv6 models that its wheel brings. Only sandboxed code imports what is here."""
