"""Every module that puts tables on the one MetaData. A new service adds its line here."""

import importlib
from importlib.util import find_spec

MODULES = (
    "kernel.identity.tables",
    "kernel.audit.tables",
    "kernel.web.tables",
    "kernel.jobs.tables",
    "kb_service.adapters.records.tables",
)

for name in MODULES:
    if find_spec(name) is not None:
        importlib.import_module(name)
