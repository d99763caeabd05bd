"""Every module that puts tables on the one MetaData. A new service adds its line here."""

import importlib

from sqlalchemy import MetaData

from kernel.records import metadata

MODULES = (
    "kernel.identity.tables",
    "kernel.audit.tables",
    "kernel.web.tables",
    "kernel.jobs.tables",
    "kernel.artifacts.tables",
    "kb_service.adapters.records.tables",
    "ocr_service.adapters.records.tables",
)


def declared() -> MetaData:
    """The MetaData with all tables on it."""
    for name in MODULES:
        importlib.import_module(name)
    return metadata
