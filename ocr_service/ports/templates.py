"""Where templates are kept. Every method works inside the caller's unit of work."""

from collections.abc import Collection
from typing import Protocol

from kernel.records import UnitOfWork
from ocr_service.models.forms import Listed, Template, TemplateVersion, VersionLine
from ocr_service.ports.batches import FormShelf


class TemplateRepository(FormShelf, Protocol):
    """Templates, their drafts and versions. A template's draft is its version ""."""

    def get(self, work: UnitOfWork, template_id: str, lock: bool = False) -> Template | None:
        """Whoever it belongs to. `lock`: nobody else changes it before this unit of work ends."""

    def visible(self, work: UnitOfWork, template_id: str, keys: frozenset[str]) -> Template | None:
        """The template, when a reader with these keys may see it."""

    def named(self, work: UnitOfWork, owner: str, name: str) -> Template | None: ...

    def add(self, work: UnitOfWork, template: Template, keys: frozenset[str]) -> None:
        """`keys`: who may see it. Raises Conflict when the owner has a template of this name."""

    def replace(self, work: UnitOfWork, template: Template, keys: frozenset[str]) -> bool:
        """Stores it in place of the revision before; False when that is not the present one. Raises Conflict
        when the owner has another template of this name."""

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
        """Newest change first; all owners when none is named. Raises Invalid for an unknown cursor."""

    def version(self, work: UnitOfWork, template_id: str, version: str) -> TemplateVersion | None: ...

    def versions(self, work: UnitOfWork, template_id: str) -> tuple[VersionLine, ...]:
        """Published and yanked ones, newest (by semantic version) first; the draft is not among them."""

    def put(self, work: UnitOfWork, version: TemplateVersion) -> None:
        """Adds a version, replaces the draft, or changes state and note of a version; the content of what is
        published is never changed."""
