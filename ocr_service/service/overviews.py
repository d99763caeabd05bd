"""What people see of a batch at a glance: counts of pages, tables of what was read, what waits for them."""

from collections.abc import Collection, Mapping

from kernel.identity.models import Actor
from kernel.identity.permissions import Action, may
from kernel.records import UnitOfWork
from ocr_service.models.batches import Batch, ListedPages, ScanPage
from ocr_service.models.forms import Form
from ocr_service.ports.batches import Desk, FormShelf
from ocr_service.ports.overviews import FormCount, ListedRows, OverviewRepository, PageCount, Waiting
from ocr_service.service.batches import own_batch


class Overviews:
    """Reads only. The edge notes who has seen what was read."""

    def __init__(self, desk: Desk, repository: OverviewRepository, shelf: FormShelf) -> None:
        self._desk = desk
        self._repository = repository
        self._shelf = shelf

    def counts(self, work: UnitOfWork, pages: Collection[ScanPage]) -> Mapping[str, PageCount]:
        """Of pages that the caller was given by a service."""
        return self._repository.counts(work, [page.id for page in pages])

    def doubtful_pages(
        self, work: UnitOfWork, actor: Actor, batch_id: str, cursor: str | None = None, limit: int = 50
    ) -> ListedPages:
        """Raises NotFound, Forbidden."""
        self._own(work, actor, batch_id)
        return self._repository.doubtful_pages(work, batch_id, cursor, limit)

    def forms(self, work: UnitOfWork, actor: Actor, batch_id: str) -> tuple[FormCount, ...]:
        """Which forms were found, the most frequent first. Raises NotFound, Forbidden."""
        self._own(work, actor, batch_id)
        return self._repository.forms(work, batch_id)

    def rows(  # noqa: PLR0917  as every list
        self,
        work: UnitOfWork,
        actor: Actor,
        batch_id: str,
        form: FormCount,
        cursor: str | None = None,
        limit: int = 50,
    ) -> ListedRows:
        """What was read on the pages of one form. Raises NotFound, Forbidden."""
        self._own(work, actor, batch_id)
        return self._repository.rows(work, batch_id, form, cursor, limit)

    def being_read(self, work: UnitOfWork, actor: Actor, batch_id: str) -> tuple[ScanPage, ...]:
        """Pages that lanes are at this moment near. Raises NotFound, Forbidden."""
        self._own(work, actor, batch_id)
        return self._repository.being_read(work, batch_id)

    def waiting(self, work: UnitOfWork, actor: Actor, limit: int = 5) -> tuple[Waiting, ...]:
        """Batches of the actor's organisation that wait for people; none for who may not verify."""
        if not may(actor, Action.FORM_VERIFY):
            return ()
        return self._repository.waiting(work, actor.organisation, limit)

    def form_of(self, work: UnitOfWork, template_id: str, version: str) -> Form | None:
        """The template version that a page was read with."""
        found = self._shelf.forms(work, {template_id: version}) if template_id else ()
        return found[0].form if found else None

    def usable(self, work: UnitOfWork, actor: Actor) -> Mapping[str, str]:
        """Titles of the published templates that the actor's organisation may read pages with, by id."""
        pins = self._shelf.pins(work, actor.organisation, ())
        titles = {each.template_id: each.form.title for each in self._shelf.forms(work, pins)}
        return dict(sorted(titles.items(), key=lambda item: item[1]))

    def titles(self, work: UnitOfWork, forms: Collection[FormCount]) -> Mapping[str, str]:
        """Titles of the templates that pages were read with."""
        pins = {each.template_id: each.version for each in forms if each.template_id}
        return {each.template_id: each.form.title for each in self._shelf.forms(work, pins)}

    def _own(self, work: UnitOfWork, actor: Actor, batch_id: str) -> Batch:
        return own_batch(self._desk, work, actor, batch_id, Action.FORM_READ)
