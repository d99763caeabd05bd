"""The reading service's records on SQLAlchemy Core, for SQLite and PostgreSQL alike."""

from ocr_service.adapters.records.batches import SqlBatches, SqlPolicies
from ocr_service.adapters.records.erasing import SqlErasures
from ocr_service.adapters.records.lanes import SqlLanes
from ocr_service.adapters.records.scans import SqlScans
from ocr_service.ports.batches import Desk


def sql_desk() -> Desk:
    """All repositories of batches; they hold no state, the unit of work carries the connection."""
    return Desk(
        batches=SqlBatches(),
        scans=SqlScans(),
        lanes=SqlLanes(),
        erasures=SqlErasures(),
        policies=SqlPolicies(),
    )
