"""Export profiles and exports in the records."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from kernel.errors import Conflict, Text
from kernel.records import UnitOfWork
from ocr_service.adapters.records.tables import decisions, export_profiles, exports
from ocr_service.models.exports import Export, ExportFormat, ExportProfile
from ocr_service.schemas.exports import settings_from_json, settings_to_json


class SqlExports:
    """An ExportRepository."""

    def profile(self, work: UnitOfWork, profile_id: str, lock: bool = False) -> ExportProfile | None:
        statement = select(export_profiles).where(export_profiles.c.id == profile_id)
        row = work.connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else _profile(row)

    def profiles(self, work: UnitOfWork, owner: str, template_id: str = "") -> tuple[ExportProfile, ...]:
        statement = select(export_profiles).where(export_profiles.c.owner == owner)
        if template_id:
            statement = statement.where(export_profiles.c.template_id == template_id)
        rows = work.connection.execute(statement.order_by(export_profiles.c.name, export_profiles.c.id))
        return tuple(_profile(row) for row in rows)

    def put_profile(self, work: UnitOfWork, profile: ExportProfile) -> None:
        values = {
            "owner": profile.owner,
            "template_id": profile.template_id,
            "name": profile.name,
            "content": settings_to_json(profile.settings),
            "revision": profile.revision,
            "updated_at": profile.updated_at,
        }
        change = update(export_profiles).where(export_profiles.c.id == profile.id).values(values)
        try:
            with work.connection.begin_nested():
                if work.connection.execute(change).rowcount == 0:
                    work.connection.execute(insert(export_profiles).values(id=profile.id, **values))
        except IntegrityError as error:
            raise Conflict(
                Text(
                    f"「{profile.name}」という名前の出力設定がすでにあります。別の名前にしてください。",
                    f'There is an export profile named "{profile.name}" already. Choose another name.',
                )
            ) from error

    def remove_profile(self, work: UnitOfWork, profile_id: str) -> None:
        work.connection.execute(delete(export_profiles).where(export_profiles.c.id == profile_id))

    def export(self, work: UnitOfWork, export_id: str) -> Export | None:
        statement = select(exports).where(exports.c.id == export_id, exports.c.digest != "")
        row = work.connection.execute(statement).one_or_none()
        return None if row is None else _export(row)

    def exports(self, work: UnitOfWork, batch_id: str) -> tuple[Export, ...]:
        statement = select(exports).where(exports.c.batch_id == batch_id, exports.c.digest != "")
        rows = work.connection.execute(statement.order_by(exports.c.made_at.desc(), exports.c.id.desc()))
        return tuple(_export(row) for row in rows)

    def add_export(self, work: UnitOfWork, export: Export) -> None:
        work.connection.execute(
            insert(exports).values(
                id=export.id,
                batch_id=export.batch_id,
                format=export.format.value,
                name=export.name,
                digest=export.digest,
                size=export.size,
                notes=[list(note) for note in export.notes],
                made_at=export.made_at,
                made_by=export.made_by,
            )
        )

    def deciders(self, work: UnitOfWork, batch_id: str) -> Mapping[str, str]:
        standing = and_(decisions.c.batch_id == batch_id, decisions.c.undone_at.is_(None))
        last = (
            select(decisions.c.field_id, func.max(decisions.c.at).label("at"))
            .where(standing)
            .group_by(decisions.c.field_id)
            .subquery()
        )
        statement = (
            select(decisions.c.field_id, decisions.c.by)
            .join(last, and_(last.c.field_id == decisions.c.field_id, last.c.at == decisions.c.at))
            .where(standing)
        )
        return {row.field_id: row.by for row in work.connection.execute(statement)}


def _profile(row: Row[Any]) -> ExportProfile:
    return ExportProfile(
        id=row.id,
        owner=row.owner,
        template_id=row.template_id,
        name=row.name,
        settings=settings_from_json(row.content),
        revision=row.revision,
        updated_at=row.updated_at,
    )


def _export(row: Row[Any]) -> Export:
    return Export(
        id=row.id,
        batch_id=row.batch_id,
        format=ExportFormat(row.format),
        name=row.name,
        digest=row.digest,
        size=row.size,
        notes=tuple((str(ja), str(en)) for ja, en in row.notes),
        made_at=row.made_at,
        made_by=row.made_by,
    )
