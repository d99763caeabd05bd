"""Nearest passages in process: an append-only file of vectors, a table of rights beside it, FAISS above."""

from kb_service.adapters.faiss_index.index import FaissIndex

__all__ = ["FaissIndex"]
