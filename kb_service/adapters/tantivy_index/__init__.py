"""Keyword search by Tantivy, in process."""

from kb_service.adapters.tantivy_index.index import TantivyIndex

__all__ = ["TantivyIndex"]
