"""TemplateRepository on SQLAlchemy Core. Contents are canonical JSON, compressed."""

import zlib
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from kernel.artifacts import Version
from kernel.errors import Conflict, Problem, Text
from kernel.records import UnitOfWork, audience_filter
from kernel.visibility import Audience, AudienceKind, reader_keys
from ocr_service.adapters.records.cursors import beyond, cursor_of
from ocr_service.adapters.records.tables import template_audience, template_versions
from ocr_service.adapters.records.tables import templates as shelf
from ocr_service.models.forms import Form, Listed, Template, TemplateState, TemplateVersion, VersionLine
from ocr_service.ports.form_reading import KnownForm
from ocr_service.rules.form_document import canonical
from ocr_service.schemas.forms import read_stored

_LINE = (
    template_versions.c.template_id,
    template_versions.c.version,
    template_versions.c.state,
    template_versions.c.digest,
    template_versions.c.saved_at,
    template_versions.c.saved_by,
    template_versions.c.envelope,
    template_versions.c.note,
)


class SqlTemplates:
    """Holds no state: the unit of work carries the connection."""

    def get(self, work: UnitOfWork, template_id: str, lock: bool = False) -> Template | None:
        statement = select(shelf).where(shelf.c.id == template_id)
        return _one(work, statement.with_for_update(key_share=True) if lock else statement)

    def visible(self, work: UnitOfWork, template_id: str, keys: frozenset[str]) -> Template | None:
        return _one(work, _readable(keys).where(shelf.c.id == template_id))

    def named(self, work: UnitOfWork, owner: str, name: str) -> Template | None:
        return _one(work, select(shelf).where(shelf.c.owner == owner, shelf.c.name == name))

    def add(self, work: UnitOfWork, template: Template, keys: frozenset[str]) -> None:
        try:
            with work.connection.begin_nested():
                work.connection.execute(
                    insert(shelf).values(id=template.id, owner=template.owner, **_changing(template))
                )
        except IntegrityError as error:
            raise _name_taken(template.name) from error
        self._show(work, template.id, keys)

    def replace(self, work: UnitOfWork, template: Template, keys: frozenset[str]) -> bool:
        statement = update(shelf).where(shelf.c.id == template.id, shelf.c.revision == template.revision - 1)
        try:
            with work.connection.begin_nested():
                changed = work.connection.execute(statement.values(**_changing(template)))
        except IntegrityError as error:
            raise _name_taken(template.name) from error
        if changed.rowcount == 0:
            return False
        work.connection.execute(delete(template_audience).where(template_audience.c.record_id == template.id))
        self._show(work, template.id, keys)
        return True

    def page(
        self,
        work: UnitOfWork,
        keys: frozenset[str],
        *,
        owners: Collection[str],
        archived: bool,
        cursor: str | None,
        limit: int,
    ) -> Listed:
        statement = _readable(keys).where(shelf.c.archived.is_(archived))
        if owners:
            statement = statement.where(shelf.c.owner.in_(sorted(owners)))
        rest = beyond(cursor, shelf.c.updated_at, shelf.c.id)
        if rest is not None:
            statement = statement.where(rest)
        statement = statement.order_by(shelf.c.updated_at.desc(), shelf.c.id.desc()).limit(limit + 1)
        found = [_template(row) for row in work.connection.execute(statement)]
        if len(found) <= limit:
            return Listed(tuple(found))
        last = found[limit - 1]
        return Listed(tuple(found[:limit]), cursor_of(last.updated_at, last.id))

    def version(self, work: UnitOfWork, template_id: str, version: str) -> TemplateVersion | None:
        statement = select(template_versions).where(
            template_versions.c.template_id == template_id, template_versions.c.version == version
        )
        row = work.connection.execute(statement).one_or_none()
        return None if row is None else _version(row)

    def versions(self, work: UnitOfWork, template_id: str) -> tuple[VersionLine, ...]:
        statement = select(*_LINE).where(
            template_versions.c.template_id == template_id, template_versions.c.version != ""
        )
        lines = [
            VersionLine(**{**row._mapping, "state": TemplateState(row.state)})
            for row in work.connection.execute(statement)
        ]
        return tuple(sorted(lines, key=lambda line: Version.parse(line.version), reverse=True))

    def put(self, work: UnitOfWork, version: TemplateVersion) -> None:
        place = (template_versions.c.template_id == version.template_id) & (
            template_versions.c.version == version.version
        )
        standing = {"state": version.state.value, "note": version.note}
        content = {
            "content": zlib.compress(canonical(version.form)),
            "digest": version.digest,
            "envelope": version.envelope,
            "saved_at": version.saved_at,
            "saved_by": version.saved_by,
        }
        is_draft = version.state is TemplateState.DRAFT
        changes = standing | content if is_draft else standing
        if work.connection.execute(update(template_versions).where(place).values(**changes)).rowcount == 0:
            work.connection.execute(
                insert(template_versions).values(
                    template_id=version.template_id, version=version.version, **standing, **content
                )
            )

    # FormShelf

    def pins(self, work: UnitOfWork, owner: str, templates: Collection[str]) -> Mapping[str, str]:
        """The newest usable version of each, by template id."""
        statement = (
            select(shelf.c.id, shelf.c.current)
            .where(audience_filter(template_audience, shelf.c.id, reader_keys(owner)))
            .where(shelf.c.current != "", shelf.c.archived.is_(False))
        )
        if templates:
            statement = statement.where(shelf.c.id.in_(sorted(set(templates))))
        return {row.id: row.current for row in work.connection.execute(statement)}

    def forms(self, work: UnitOfWork, pins: Mapping[str, str]) -> tuple[KnownForm, ...]:
        known = []
        for template_id, version in sorted(pins.items()):
            found = self.version(work, template_id, version)
            if found is not None:
                known.append(KnownForm(template_id, version, found.form))
        return tuple(known)

    def _show(self, work: UnitOfWork, template_id: str, keys: frozenset[str]) -> None:
        if keys:
            work.connection.execute(
                insert(template_audience), [{"record_id": template_id, "key": key} for key in sorted(keys)]
            )


def _readable(keys: frozenset[str]) -> Select[Any]:
    return select(shelf).where(audience_filter(template_audience, shelf.c.id, keys))


def _one(work: UnitOfWork, statement: Select[Any]) -> Template | None:
    row = work.connection.execute(statement).one_or_none()
    return None if row is None else _template(row)


def _changing(template: Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "title": template.title,
        "audience": _audience_text(template.audience),
        "revision": template.revision,
        "current": template.current,
        "archived": template.archived,
        "updated_at": template.updated_at,
    }


def _audience_text(audience: Audience) -> str:
    """The kind and the organisations, as "named 131016 131024"."""
    return " ".join((audience.kind.value, *audience.organisations))


def _audience(text: str) -> Audience:
    kind, *organisations = text.split(" ")
    return Audience(AudienceKind(kind), tuple(organisations))


def _template(row: Row[Any]) -> Template:
    return Template(
        id=row.id,
        owner=row.owner,
        name=row.name,
        title=row.title,
        audience=_audience(row.audience),
        revision=row.revision,
        current=row.current,
        updated_at=row.updated_at,
        archived=row.archived,
    )


def _version(row: Row[Any]) -> TemplateVersion:
    return TemplateVersion(
        template_id=row.template_id,
        version=row.version,
        state=TemplateState(row.state),
        form=_form(row.content),
        digest=row.digest,
        saved_at=row.saved_at,
        saved_by=row.saved_by,
        envelope=row.envelope,
        note=row.note,
    )


def _form(content: bytes) -> Form:
    return read_stored(zlib.decompress(content))


def _name_taken(name: str) -> Conflict:
    text = Text(
        f"「{name}」という名前の様式がすでにあります。別の名前にしてください。",
        f'There is a template named "{name}" already. Choose another name.',
    )
    return Conflict(text, (Problem("/name", text),))
