"""Pages of a batch: looked at, given a template, dropped, brought back, read again."""

from collections.abc import Collection
from dataclasses import replace

from kernel.audit import Audit
from kernel.blobs import BlobStore
from kernel.errors import Conflict, Invalid, NotFound, Problem, Text, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action
from kernel.records import UnitOfWork
from ocr_service.models.batches import Batch, ListedPages, PageState, ScanField, ScanPage
from ocr_service.models.readings import PageOutcome
from ocr_service.ports.batches import Desk, FormShelf
from ocr_service.rules.batches import ACCEPTING, require_state
from ocr_service.service.batches import Settle, own_batch

TEMPLATE_PAGES_MAX = 20
_BACK = {
    None: PageState.WAITING,
    PageOutcome.MATCHED: PageState.READ,
    PageOutcome.UNKNOWN: PageState.SET_ASIDE,
    PageOutcome.EMPTY: PageState.SET_ASIDE,
    PageOutcome.UNREADABLE: PageState.UNREADABLE,
}


class Sheets:
    """What people see of pages and do with them. The edge notes who has seen what was read."""

    def __init__(
        self, desk: Desk, shelf: FormShelf, blobs: BlobStore, audit: Audit, *, settle: Settle
    ) -> None:
        self._desk = desk
        self._shelf = shelf
        self._blobs = blobs
        self._audit = audit
        self._settle = settle

    # Reading

    def page(  # noqa: PLR0917  as every list
        self,
        work: UnitOfWork,
        actor: Actor,
        batch_id: str,
        states: Collection[PageState] = (),
        cursor: str | None = None,
        limit: int = 50,
    ) -> ListedPages:
        """In the order of the stack. Raises NotFound, Forbidden."""
        own_batch(self._desk, work, actor, batch_id, Action.FORM_READ)
        return self._desk.scans.pages(work, batch_id, states, cursor, limit)

    def get(self, work: UnitOfWork, actor: Actor, batch_id: str, page_id: str) -> ScanPage:
        """Raises NotFound, Forbidden."""
        own_batch(self._desk, work, actor, batch_id, Action.FORM_READ)
        return self._of(work, batch_id, page_id)

    def fields(self, work: UnitOfWork, actor: Actor, batch_id: str, page_id: str) -> tuple[ScanField, ...]:
        """What was read on a page, in the order of the form; none while it is dropped or waits."""
        page = self.get(work, actor, batch_id, page_id)
        return self._desk.scans.fields(work, page.id) if page.state is PageState.READ else ()

    def preview(self, page: ScanPage) -> bytes:
        """JPEG of the page, upright and straight. Raises NotFound."""
        return self._bytes(page.preview, 0, -1)

    def crop(self, page: ScanPage, field: ScanField) -> bytes:
        """JPEG of one field of this page at full resolution. Raises NotFound when it has none."""
        if not field.crop_size or field.page_id != page.id:
            raise _no_picture()
        return self._bytes(page.crops, field.crop_at, field.crop_size)

    # Writing

    def assign(
        self,
        work: UnitOfWork,
        actor: Actor,
        batch_id: str,
        page_id: str,
        template_id: str,
        *,
        template_page: int = 0,
    ) -> ScanPage:
        """A person says which form it is (`template_page` 0: whichever page fits), and it is read again with
        it. Raises Conflict for a page that people have worked on."""
        batch, page = self._changeable(work, actor, batch_id, page_id)
        if page.state is PageState.CLAIMED:
            raise _being_read()
        if self._desk.scans.touched(work, page.id):
            raise Conflict(
                Text(
                    "このページには確認済みの項目があるため、様式を変更できません。先に確認を取り消してください。",
                    "People have decided fields of this page. Undo that first to change its template.",
                )
            )
        self._pin(work, batch, template_id)
        if not 0 <= template_page <= TEMPLATE_PAGES_MAX:
            text = Text("様式のページ番号が正しくありません。", "There is no such page of a template.")
            raise Invalid(text, (Problem("template_page", text),))
        self._desk.scans.put_fields(work, page.id, ())
        forced = f"{template_id}:{template_page}" if template_page else template_id
        new = replace(page, state=PageState.WAITING, outcome=None, forced=forced, reason_ja="", reason_en="")
        return self._stored(work, actor, batch, new, "page.assigned")

    def read_again(self, work: UnitOfWork, actor: Actor, batch_id: str, page_id: str) -> ScanPage:
        """For a page that could not be read."""
        batch, page = self._changeable(work, actor, batch_id, page_id)
        if page.state is not PageState.UNREADABLE:
            raise Conflict(
                Text(
                    "読み取れなかったページだけを、もう一度読み取れます。",
                    "Only a page that could not be read can be read again.",
                )
            )
        new = replace(page, state=PageState.WAITING, outcome=None, reason_ja="", reason_en="")
        return self._stored(work, actor, batch, new, "batch.changed")

    def drop(self, work: UnitOfWork, actor: Actor, batch_id: str, page_id: str) -> ScanPage:
        """Leaves the page out of everything; its fields stay for `restore`."""
        batch, page = self._changeable(work, actor, batch_id, page_id)
        if page.state is PageState.DROPPED:
            return page
        if page.state is PageState.CLAIMED:
            raise _being_read()
        return self._stored(work, actor, batch, replace(page, state=PageState.DROPPED), "page.dropped")

    def restore(self, work: UnitOfWork, actor: Actor, batch_id: str, page_id: str) -> ScanPage:
        """Undoes `drop`. A sheet that was left out because it seemed blank waits for its template."""
        batch, page = self._changeable(work, actor, batch_id, page_id)
        if page.state is not PageState.DROPPED:
            return page
        return self._stored(work, actor, batch, replace(page, state=_BACK[page.outcome]), "page.restored")

    # Parts

    def _of(self, work: UnitOfWork, batch_id: str, page_id: str, lock: bool = False) -> ScanPage:
        page = self._desk.scans.get_page(work, page_id, lock)
        if page is None or page.batch_id != batch_id:
            raise not_found("ページ", "The page")
        return page

    def _changeable(
        self, work: UnitOfWork, actor: Actor, batch_id: str, page_id: str
    ) -> tuple[Batch, ScanPage]:
        batch = own_batch(self._desk, work, actor, batch_id, Action.FORM_RUN, lock=True)
        require_state(batch, ACCEPTING)
        return batch, self._of(work, batch_id, page_id, lock=True)

    def _pin(self, work: UnitOfWork, batch: Batch, template_id: str) -> None:
        """The template joins those that the batch is read with, in its present version unless it has one."""
        pins = dict(self._desk.batches.pins(work, batch.id))
        if template_id in pins:
            return
        found = self._shelf.pins(work, batch.owner, (template_id,))
        if template_id not in found:
            text = Text(
                "選ばれた様式が見つからないか、公開された版がありません。",
                "The template was not found or has no published version.",
            )
            raise Invalid(text, (Problem("template_id", text),))
        if not pins:  # nothing was read yet: pinning all is left to the first lane
            pins = dict(self._shelf.pins(work, batch.owner, batch.templates))
        self._desk.batches.set_pins(work, batch.id, pins | {template_id: found[template_id]})

    def _stored(self, work: UnitOfWork, actor: Actor, batch: Batch, page: ScanPage, action: str) -> ScanPage:
        self._desk.scans.replace_page(work, page)
        self._settle(work, batch.id)
        details = {"batch": batch.id, "page": page.id, "forced": page.forced}
        self._audit.record(work, batch.owner, actor.user_id, action, page.id, details)
        return page

    def _bytes(self, digest: str, start: int, size: int) -> bytes:
        if not digest:
            raise _no_picture()
        try:
            with self._blobs.open(digest) as stream:
                stream.seek(start)
                return stream.read(size)
        except FileNotFoundError as error:  # it was erased at this moment
            raise _no_picture() from error


def _no_picture() -> NotFound:
    return not_found("画像", "The picture")


def _being_read() -> Conflict:
    return Conflict(
        Text(
            "このページはいま読み取り中です。数秒後にもう一度操作してください。",
            "This page is being read at this moment. Try again in a few seconds.",
        )
    )
