"""ImportRepository on SQLAlchemy Core."""

import hashlib

from sqlalchemy import delete, insert, select

from kb_service.adapters.records.tables import imports
from kb_service.models.imports import Imported
from kernel.records import UnitOfWork


class SqlImports:
    """What was imported from where."""

    def get(self, work: UnitOfWork, owner: str, path: str) -> Imported | None:
        row = work.connection.execute(
            select(imports).where(imports.c.owner == owner, imports.c.path_digest == _digest(path))
        ).one_or_none()
        if row is None:
            return None
        return Imported(row.owner, row.path, row.digest, row.entry_id, row.imported_at)

    def put(self, work: UnitOfWork, imported: Imported) -> None:
        key = _digest(imported.path)
        work.connection.execute(
            delete(imports).where(imports.c.owner == imported.owner, imports.c.path_digest == key)
        )
        work.connection.execute(
            insert(imports).values(
                owner=imported.owner,
                path_digest=key,
                path=imported.path,
                digest=imported.digest,
                entry_id=imported.entry_id,
                imported_at=imported.imported_at,
            )
        )


def _digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()
