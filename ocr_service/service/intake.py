"""Files of a batch: taken in, opened, set aside when their bytes are known. The bytes are in the blob store
before a unit of work begins."""

from dataclasses import replace
from itertools import islice

from kernel.audit import Audit
from kernel.audit.trail import Detail
from kernel.blobs import BlobStore, Stored
from kernel.clock import Clock
from kernel.errors import Conflict, NotFound, Text, Unavailable, not_found
from kernel.identity.models import Actor
from kernel.identity.permissions import Action
from kernel.ids import new_id
from kernel.records import UnitOfWork
from ocr_service.models.batches import Batch, BatchState, FileState, PageState, ScanFile, ScanPage
from ocr_service.models.readings import PageOutcome
from ocr_service.ports.batches import Desk
from ocr_service.ports.form_reading import Contents
from ocr_service.rules.batches import ACCEPTING, FILES_MAX, PAGES_MAX, require_state, safe_name
from ocr_service.service.batches import Settle, own_batch
from ocr_service.service.calls import Calls

SMALL_BYTES = 4_000_000
TOGETHER = 64  # small files that one process looks into


class Intake:
    """What people and folders hand in, and what the opening job finds in it."""

    def __init__(
        self, desk: Desk, calls: Calls, blobs: BlobStore, audit: Audit, clock: Clock, *, settle: Settle
    ) -> None:
        self._desk = desk
        self._calls = calls
        self._blobs = blobs
        self._audit = audit
        self._clock = clock
        self._settle = settle

    # Reading

    def files(self, work: UnitOfWork, actor: Actor, batch_id: str) -> tuple[ScanFile, ...]:
        """In the order in which they were added. Raises NotFound, Forbidden."""
        own_batch(self._desk, work, actor, batch_id, Action.FORM_READ)
        return self._desk.scans.files(work, batch_id)

    # Writing

    def check_add(self, work: UnitOfWork, actor: Actor, batch_id: str) -> None:
        """Raises what `add` would raise, before the bytes are accepted. Takes no lock."""
        require_state(own_batch(self._desk, work, actor, batch_id, Action.FORM_RUN), ACCEPTING)

    def add(self, work: UnitOfWork, actor: Actor, batch_id: str, name: str, stored: Stored) -> ScanFile:
        """A stored file becomes part of the batch, and a job opens it. The same file under the same name is
        not added twice; bytes that the organisation has handed in before wait for a person's word. Raises
        NotFound, Forbidden, Conflict."""
        batch = own_batch(self._desk, work, actor, batch_id, Action.FORM_RUN, lock=True)
        require_state(batch, ACCEPTING)
        name = safe_name(name)
        present = self._desk.scans.files(work, batch_id)
        for one in present:
            if (one.digest, one.name) == (stored.digest, name):
                return one
        if len(present) >= FILES_MAX:
            raise Conflict(
                Text(
                    f"1つのバッチに入れられるファイルは{FILES_MAX:,}個までです。新しいバッチを作ってください。",
                    f"A batch holds at most {FILES_MAX:,} files. Make another batch.",
                )
            )
        self._desk.erasures.share_blobs(work)
        self._check_kept(stored)
        same = self._desk.scans.same_bytes(work, batch.owner, stored.digest)
        file = ScanFile(
            id=new_id(),
            batch_id=batch_id,
            name=name,
            digest=stored.digest,
            size=stored.size,
            state=FileState.TWICE if same else FileState.OPENING,
            pages=0,
            added_at=self._clock.now(),
            same_as=same[0].batch_id if same else "",
        )
        self._desk.scans.add_file(work, file)
        if not same:
            self._calls.open_file(work, file.id, batch.owner)
        self._settle(work, batch_id)
        details: dict[str, Detail] = {
            "file": file.id,
            "digest": file.digest,
            "size": file.size,
            "twice": bool(same),
        }
        self._audit.record(work, batch.owner, actor.user_id, "batch.filed", batch_id, details)
        return file

    def read_anyway(self, work: UnitOfWork, actor: Actor, batch_id: str, file_id: str) -> ScanFile:
        """Reads a file whose bytes are known, was skipped, or could not be opened."""
        batch, file = self._file(work, actor, batch_id, file_id)
        if file.state not in (FileState.TWICE, FileState.SKIPPED, FileState.UNREADABLE):
            raise _nothing_to_decide()
        self._calls.open_file(work, file.id, batch.owner, turn=new_id())
        return self._changed(
            work, actor, batch, replace(file, state=FileState.OPENING, reason_ja="", reason_en="")
        )

    def skip(self, work: UnitOfWork, actor: Actor, batch_id: str, file_id: str) -> ScanFile:
        """Leaves out a file whose bytes are known or that could not be opened. `read_anyway` undoes it."""
        batch, file = self._file(work, actor, batch_id, file_id)
        if file.state not in (FileState.TWICE, FileState.UNREADABLE):
            raise _nothing_to_decide()
        return self._changed(work, actor, batch, replace(file, state=FileState.SKIPPED))

    def move(self, work: UnitOfWork, actor: Actor, batch_id: str, file_id: str, target_id: str) -> ScanFile:
        """Takes a file that has no pages yet to another batch of the organisation and opens it there: for one
        that did not fit any more."""
        for each in sorted({batch_id, target_id}):  # locked in one order by everybody
            own_batch(self._desk, work, actor, each, Action.FORM_RUN, lock=True)
        target = own_batch(self._desk, work, actor, target_id, Action.FORM_RUN)
        require_state(target, ACCEPTING)
        batch, file = self._file(work, actor, batch_id, file_id)
        if file.state in (FileState.OPENED, FileState.OPENING) or batch_id == target_id:
            raise _nothing_to_decide()
        moved = replace(
            file,
            batch_id=target_id,
            state=FileState.OPENING,
            added_at=self._clock.now(),
            reason_ja="",
            reason_en="",
        )
        self._calls.open_file(work, file.id, batch.owner, turn=new_id())
        self._settle(work, batch_id)
        return self._changed(work, actor, target, moved)

    # For the job that opens files

    def to_open(self, work: UnitOfWork, file_id: str) -> ScanFile | None:
        """The file, when it is still to be opened."""
        file = self._desk.scans.file(work, file_id)
        if file is None or file.state is not FileState.OPENING:
            return None
        batch = self._desk.batches.get(work, file.batch_id)
        return file if batch is not None and batch.state is not BatchState.DELETED else None

    def opened_with(self, work: UnitOfWork, file: ScanFile) -> tuple[ScanFile, ...]:
        """The file and others of its batch that are still to be opened, all of them small: one process looks
        into them together. Alone when it is large."""
        if file.size > SMALL_BYTES:
            return (file,)
        others = (
            each
            for each in self._desk.scans.files(work, file.batch_id)
            if each.state is FileState.OPENING and each.id != file.id and each.size <= SMALL_BYTES
        )
        return (file, *islice(others, TOGETHER - 1))

    def opened(self, work: UnitOfWork, file_id: str, contents: Contents) -> None:
        """Its pages wait to be read; members that cannot be read become pages that say why. More pages than
        the batch can take: none of them is added, and the file says what to do."""
        found = self._still_opening(work, file_id)
        if found is None:
            return
        batch, file = found
        unopened = [
            _page(file, member.member, 1, Text(member.reason_ja, member.reason_en))
            for member in contents.unopened
        ]
        pages = [_page(file, each.member, each.number) for each in contents.pages]
        present = self._desk.scans.count_pages(work, batch.id)
        total = len(pages) + len(unopened)
        if present + total > PAGES_MAX:
            self.unreadable(work, file_id, _too_many(total, present))
            return
        self._desk.scans.add_pages(work, file, [*pages, *unopened])  # people look at those last
        self._desk.scans.replace_file(work, replace(file, state=FileState.OPENED, pages=total))
        self._settle(work, batch.id)

    def unreadable(self, work: UnitOfWork, file_id: str, why: Text) -> None:
        """The file cannot be opened, and says why."""
        found = self._still_opening(work, file_id)
        if found is None:
            return
        batch, file = found
        self._desk.scans.replace_file(
            work, replace(file, state=FileState.UNREADABLE, reason_ja=why.ja, reason_en=why.en)
        )
        self._settle(work, batch.id)

    # Parts

    def _still_opening(self, work: UnitOfWork, file_id: str) -> tuple[Batch, ScanFile] | None:
        file = self._desk.scans.file(work, file_id)
        if file is None:
            return None
        batch = self._desk.batches.get(work, file.batch_id, lock=True)
        file = self._desk.scans.file(work, file_id, lock=True)
        if batch is None or file is None or file.state is not FileState.OPENING:
            return None
        if batch.state is BatchState.DELETED or file.batch_id != batch.id:
            return None
        return batch, file

    def _file(self, work: UnitOfWork, actor: Actor, batch_id: str, file_id: str) -> tuple[Batch, ScanFile]:
        batch = own_batch(self._desk, work, actor, batch_id, Action.FORM_RUN, lock=True)
        require_state(batch, ACCEPTING)
        file = self._desk.scans.file(work, file_id, lock=True)
        if file is None or file.batch_id != batch_id:
            raise not_found("ファイル", "The file")
        return batch, file

    def _changed(self, work: UnitOfWork, actor: Actor, batch: Batch, file: ScanFile) -> ScanFile:
        self._desk.scans.replace_file(work, file)
        self._settle(work, batch.id)
        details = {"file": file.id, "state": file.state.value}
        self._audit.record(work, batch.owner, actor.user_id, "batch.changed", batch.id, details)
        return file

    def _check_kept(self, stored: Stored) -> None:
        """The same bytes may have been erased with another batch since they arrived."""
        try:
            self._blobs.path(stored.digest)
        except NotFound as error:
            raise Unavailable(
                Text(
                    "ファイルの受け取りと消去が重なりました。もう一度ファイルを送ってください。",
                    "The file was erased at the moment it arrived. Send it again.",
                )
            ) from error


def _page(file: ScanFile, member: str, number: int, why: Text | None = None) -> ScanPage:
    return ScanPage(
        id=new_id(),
        batch_id=file.batch_id,
        file_id=file.id,
        position=0,  # given when it is stored
        member=member,
        number=number,
        state=PageState.UNREADABLE if why else PageState.WAITING,
        outcome=PageOutcome.UNREADABLE if why else None,
        reason_ja=why.ja if why else "",
        reason_en=why.en if why else "",
    )


def _nothing_to_decide() -> Conflict:
    return Conflict(
        Text(
            "このファイルについて決めることはありません。画面を再読み込みして状態を確かめてください。",
            "There is nothing to decide about this file. Reload and look where it stands.",
        )
    )


def _too_many(pages: int, present: int) -> Text:
    return Text(
        f"このファイルは{pages:,}ページあり、すでにある{present:,}ページと合わせると上限の{PAGES_MAX:,}ページを超えます。"
        "新しいバッチを作り、このファイルを移してください。ファイルは失われていません。",
        f"The file has {pages:,} pages; with the {present:,} that are there it is over the limit of "
        f"{PAGES_MAX:,}. Make another batch and move the file there. Nothing is lost.",
    )
