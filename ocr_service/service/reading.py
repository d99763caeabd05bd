"""Lanes: each claims pages, has them read, and stores them one by one. Opens units of work of its own.

What may happen at any moment: the machine stops, the reader's process dies, the disk fills up, a person pauses,
drops a page or deletes the batch, a more urgent batch arrives, another worker takes the lane over. A page is
stored in one unit of work and only while this attempt of the lane has claimed it."""

import io
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kernel.blobs import BlobStore
from kernel.clock import Clock
from kernel.errors import ChienowaError, NotFound, Text, Unavailable
from kernel.ids import new_id
from kernel.records import Records
from ocr_service.models.batches import BatchState, FieldState, PageState, ScanField, ScanPage
from ocr_service.models.readings import Candidate, FieldReading, PageOutcome, PageReading
from ocr_service.ports.batches import Claimed, Desk, FormShelf
from ocr_service.ports.form_reading import FormReader, KnownForm, PageAddress, UnreadableScan, Wanted
from ocr_service.rules.batches import first_state
from ocr_service.rules.joining import joined
from ocr_service.service.batches import Settle
from ocr_service.service.calls import Calls
from ocr_service.service.stacking import stacked

log = logging.getLogger(__name__)

Heard = Callable[[int, int], None]
"""heard(done, total) after each page; what it raises ends the lane."""

DEATHS = 2  # a page that its reader dies of so often is left
LONGEST_SECONDS = 60.0  # of one process of the reader, far below what its sandbox allows
_LARGEST = 200_000_000  # bytes of the crops of one page
_STATES = {
    PageOutcome.MATCHED: PageState.READ,
    PageOutcome.UNKNOWN: PageState.SET_ASIDE,
    PageOutcome.EMPTY: PageState.DROPPED,
    PageOutcome.UNREADABLE: PageState.UNREADABLE,
}
_LOST = Text(
    "保存されたファイルが見つかりません。もう一度ファイルを追加してください。",
    "The stored file is missing. Add the file again.",
)
_DEADLY = Text(
    "読み取りのプログラムがこのページで2回止まったため、飛ばしました。スキャンし直したものを追加してください。",
    "The reading program stopped twice at this page, so it was passed over. Scan it anew and add it.",
)


class _Enough(Exception):
    """Leaves the reader: somebody else comes first, or the batch was stopped."""


class Reading:
    """The work of all lanes; one call of `run` is one lane at work."""

    def __init__(
        self,
        records: Records,
        desk: Desk,
        shelf: FormShelf,
        reader: FormReader,
        blobs: BlobStore,
        *,
        clock: Clock,
        calls: Calls,
        settle: Settle,
    ) -> None:
        self._records = records
        self._desk = desk
        self._shelf = shelf
        self._reader = reader
        self._blobs = blobs
        self._clock = clock
        self._calls = calls
        self._settle = settle

    def run(self, lane: str, token: str, heard: Heard) -> int:
        """Reads until no page waits; how many were read. `token` begins with "lane/" and is this attempt's
        alone. What was claimed is given back when anything ends it."""
        self._take_over(lane, token)
        done = 0
        try:
            while True:
                with self._records.write() as work:
                    claimed = self._desk.lanes.claim(work, token, self._calls.lanes, self._clock.now())
                if claimed is None:
                    return done
                done = self._read(claimed, token, heard, done)
        finally:
            with suppress(ChienowaError), self._records.write() as work:  # else the next attempt finds them
                self._desk.lanes.give_back(work, token)

    def _take_over(self, lane: str, token: str) -> None:
        """Pages of an attempt that was killed wait again; the one it was reading is counted as a death."""
        with self._records.read() as work:
            left = self._desk.lanes.left_behind(work, lane, token)
        first = dict(reversed([(theirs, page_id) for page_id, theirs in left]))
        for theirs, page_id in first.items():
            self._blame(page_id, theirs)
            with self._records.write() as work:
                self._desk.lanes.give_back(work, theirs)

    def _read(self, claimed: Claimed, token: str, heard: Heard, done: int) -> int:
        """One chunk."""
        forms = self._forms(claimed)
        waiting: dict[PageAddress, ScanPage] = {}
        own: list[BaseException] = []
        count = done
        begun = time.monotonic()

        def on_page(reading: PageReading) -> None:
            nonlocal count
            try:
                page = waiting.pop(PageAddress(reading.member, reading.number), None)
                if page is None:
                    return
                go_on = self._store(page, reading, token)
                count += 1
                heard(count, count + len(waiting) + 1)
                if not go_on or time.monotonic() - begun > LONGEST_SECONDS:
                    raise _Enough
            except BaseException as error:
                own.append(error)
                raise

        paths = self._paths(claimed, token)
        failure: BaseException | None = None
        with stacked(paths, claimed.pages) as (file, addresses):
            waiting |= addresses
            wanted = [_wanted(address, page) for address, page in addresses.items()]
            try:
                if wanted:
                    self._reader.read(file, wanted, forms, on_page)
            except BaseException as error:
                failure = error
        if own and not isinstance(own[0], _Enough):
            raise own[0] from failure
        if not own:
            self._ended(failure, tuple(waiting.values()), token, alone=len(paths) == 1)
        with self._records.write() as work:
            self._desk.lanes.give_back(work, token)
        with self._records.write() as work:
            self._settle(work, claimed.batch.id)
        return count

    def _paths(self, claimed: Claimed, token: str) -> Mapping[str, Path]:
        """Where the files lie, by their ids. Pages of a file that is lost are told so."""
        paths: dict[str, Path] = {}
        for identifier, file in claimed.files.items():
            try:
                paths[identifier] = self._blobs.path(file.digest)
            except NotFound:
                self._refuse([page for page in claimed.pages if page.file_id == identifier], token, _LOST)
        return paths

    def _ended(
        self, failure: BaseException | None, left: Sequence[ScanPage], token: str, *, alone: bool
    ) -> None:
        """The reader has ended by itself. A fault of the machine is raised; a file that cannot be opened takes
        its pages with it; anything else is the fault of the page that it was at."""
        if isinstance(failure, UnreadableScan) and alone:
            self._refuse(left, token, failure.text)
        elif failure is not None and (not left or _fault_of_machine(failure)):
            raise failure
        elif left:
            log.warning("reading of page %s broke off: %s", left[0].id, failure)
            self._blame(left[0].id, token)

    def _forms(self, claimed: Claimed) -> Sequence[KnownForm]:
        """The templates that this batch is read with, in the versions of its first page."""
        pins = self._pins(claimed)
        with self._records.read() as work:
            return self._shelf.forms(work, pins)

    def _pins(self, claimed: Claimed) -> Mapping[str, str]:
        batch = claimed.batch
        with self._records.read() as work:
            pins = self._desk.batches.pins(work, batch.id)
        if pins:
            return pins
        with self._records.write() as work:
            self._desk.batches.get(work, batch.id, lock=True)
            pins = self._desk.batches.pins(work, batch.id)
            if not pins:  # no other lane was faster
                pins = self._shelf.pins(work, batch.owner, batch.templates)
                self._desk.batches.set_pins(work, batch.id, pins)
        return pins

    # Storing

    def _store(self, page: ScanPage, reading: PageReading, token: str) -> bool:
        """Whether the lane may go on with this batch."""
        crops, places = joined([field.crop for field in reading.fields])
        for _ in range(3):
            preview_at, crops_at = self._kept(reading.preview), self._kept(crops)
            new = _page_read(page, reading, preview_at, crops_at)
            new = replace(new, read_at=self._clock.now())
            with self._records.write() as work:
                batch = self._desk.batches.hold(work, page.batch_id)
                alive = batch is not None and batch.state is not BatchState.DELETED
                if batch is not None and alive:
                    self._desk.erasures.share_blobs(work)
                    if not self._present(preview_at, crops_at):
                        continue  # an erasure took them at this moment
                    if self._desk.lanes.finish(work, new, token):
                        fields = [
                            _field(new, number, field, place, first_state(batch, field))
                            for number, (field, place) in enumerate(zip(reading.fields, places, strict=True))
                        ]
                        self._desk.scans.put_fields(work, page.id, fields)
                        return batch.state is BatchState.READING and not self._desk.lanes.before(work, batch)
            self._discard(preview_at, crops_at)
            return bool(alive)  # somebody took the page away from us; the others may be ours still
        raise Unavailable(_LOST)

    def _kept(self, data: bytes) -> str:
        return self._blobs.add(io.BytesIO(data), _LARGEST).digest if data else ""

    def _present(self, *digests: str) -> bool:
        try:
            for digest in digests:
                if digest:
                    self._blobs.path(digest)
        except NotFound:
            return False
        return True

    def _discard(self, *digests: str) -> None:
        """Nothing personal lies about that no record knows."""
        with self._records.write() as work:
            self._desk.erasures.own_blobs(work)
            needed = self._desk.erasures.needed(work, [each for each in digests if each])
            for digest in digests:
                if digest and digest not in needed:
                    self._blobs.remove(digest)

    # Pages that cannot be read

    def _refuse(self, pages: Sequence[ScanPage], token: str, why: Text) -> None:
        with self._records.write() as work:
            for page in pages:
                self._desk.lanes.finish(work, _unreadable(page, why), token)

    def _blame(self, page_id: str, token: str) -> None:
        """Counts a death; a page of too many is unreadable from now on."""
        with self._records.write() as work:
            page = self._desk.scans.get_page(work, page_id)
            if page is None:
                return
            self._desk.batches.get(work, page.batch_id, lock=True)
            if self._desk.lanes.blame(work, page_id, token) >= DEATHS:
                self._desk.scans.replace_page(work, _unreadable(page, _DEADLY))
                self._settle(work, page.batch_id)


def _fault_of_machine(error: BaseException) -> bool:
    """No engine, no disk, no sandbox; or somebody ends this thread."""
    return not isinstance(error, Exception) or (isinstance(error, ChienowaError) and error.status >= 500)


def _wanted(address: PageAddress, page: ScanPage) -> Wanted:
    template, _, number = page.forced.partition(":")
    return Wanted(address, template, int(number or 0))


def _unreadable(page: ScanPage, why: Text) -> ScanPage:
    return replace(
        page,
        state=PageState.UNREADABLE,
        outcome=PageOutcome.UNREADABLE,
        reason_ja=why.ja,
        reason_en=why.en,
    )


def _page_read(page: ScanPage, reading: PageReading, preview: str, crops: str) -> ScanPage:
    match = reading.match
    width, height = reading.preview_size
    return replace(
        page,
        state=_STATES[reading.outcome],
        outcome=reading.outcome,
        template_id=match.template_id if match else "",
        template_version=match.version if match else "",
        template_page=match.page if match else 0,
        turn=reading.turn,
        skew=reading.skew,
        score=match.score if match else 0.0,
        residual=match.residual if match else 0.0,
        preview=preview,
        preview_width=width,
        preview_height=height,
        crops=crops,
        reason_ja=_storable(reading.reason_ja),
        reason_en=_storable(reading.reason_en),
    )


def _field(
    page: ScanPage, order: int, reading: FieldReading, place: tuple[int, int], state: FieldState
) -> ScanField:
    start, size = place
    return ScanField(
        id=new_id(),
        page_id=page.id,
        batch_id=page.batch_id,
        name=reading.field,
        order=order,
        state=state,
        candidates=tuple(
            Candidate(_storable(each.raw), _storable(each.value), each.probability, each.characters)
            for each in reading.candidates
        ),
        confidence=reading.confidence,
        blank=reading.blank,
        ink=reading.ink,
        flags=reading.flags,
        quad=reading.quad,
        crop_at=start,
        crop_size=size,
        engine=reading.engine,
        value=_storable(reading.value),
        version=1,
    )


def _storable(text: str) -> str:
    """PostgreSQL stores no NUL and no lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
