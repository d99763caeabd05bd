"""Documents that people hand in, on both databases: read by the job, theirs alone, erased with every byte."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kernel.audit import Audit
from kernel.blobs import FolderBlobs
from kernel.clock import Clock
from kernel.errors import Forbidden, NotFound, Text
from kernel.identity.models import Role
from kernel.jobs import Jobs, Task, Worker
from kernel.records import Records
from ocr_service.adapters.exports.found_tables import TablesBook
from ocr_service.adapters.exports.searchable_pdf import SearchablePdfWriter
from ocr_service.adapters.records import sql_desk
from ocr_service.adapters.records.documents import SqlDocuments
from ocr_service.models.documents import Document, DocumentPage, DocumentState
from ocr_service.ports.form_reading import UnreadableScan
from ocr_service.service.document_desk import KEPT, DocumentDesk
from ocr_service.service.documents import Documents
from ocr_service.tasks.documents import ReadDocument
from tests.fakes.people import CHUO, actor

ME, COLLEAGUE = actor(), replace(actor(), user_id="c" * 32)
LARGEST = 1_000_000
WHY = Text("壊れています。", "It is damaged.")


class SaysItsName:
    """A DocumentReader of one page: the file's name, in a table too. A file called broken cannot be read."""

    def read(
        self,
        file: Path,
        name: str,
        on_page: Callable[[DocumentPage], None],
        on_progress: Callable[[int, int], None],
    ) -> None:
        if name == "broken.pdf":
            raise UnreadableScan(WHY)
        on_page(DocumentPage("", 1, b"", (0, 0), (), ((("名", name),),), name))
        on_page(DocumentPage("", 2, b"", (0, 0), (), (), "", WHY.ja, WHY.en))
        on_progress(2, 2)


class Moved(Clock):
    """A clock that can be put forward."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Given:
    """The desk with everything around it."""

    def __init__(self, records: Records, home: Path) -> None:
        self.records, self.clock, self.blobs = records, Moved(), FolderBlobs(home / "forms")
        jobs = Jobs(self.clock)
        self.desk = DocumentDesk(
            records,
            sql_desk(),
            SqlDocuments(),
            Documents(SaysItsName(), WithoutPictures()),
            TablesBook(),
            blobs=self.blobs,
            jobs=jobs,
            audit=Audit(self.clock),
            clock=self.clock,
        )

    def hand_in(self, name: str = "通知.pdf", content: bytes = b"scan") -> Document:
        stored = self.blobs.add(io.BytesIO(content), LARGEST)
        with self.records.write() as work:
            return self.desk.add(work, ME, name, stored)

    def work_off(self) -> None:
        job = ReadDocument(self.records, self.desk)
        Worker(self.records, {job.name: Task(job, gave_up=job.gave_up)}, self.clock).run_pending()

    def mine(self) -> list[Document]:
        with self.records.read() as work:
            return [document for document, _, _ in self.desk.mine(work, ME)]


class WithoutPictures(SearchablePdfWriter):
    """Pages of this test have no picture."""

    def write(self, file: Path, title: str, pages: object) -> None:
        file.write_bytes(f"%PDF {title}".encode())


@pytest.fixture
def given(records: Records, home: Path) -> Given:
    return Given(records, home)


def test_read_by_the_job_and_given_back(given: Given) -> None:
    document = given.hand_in()
    assert [each.state for each in given.mine()] == [DocumentState.WAITING]
    given.work_off()
    (read,) = given.mine()
    assert (read.state, read.pages, read.found) == (DocumentState.READ, 2, 1)
    assert read.reason_ja == "2ページ: 壊れています。"
    with given.records.read() as work:
        name, path = given.desk.file(work, ME, document.id, "text")
        assert (name, path.read_text("utf-8-sig")) == ("通知.txt", "通知.pdf\n\f\n")
        assert given.desk.file(work, ME, document.id, "tables")[0] == "通知.xlsx"


def test_what_cannot_be_read_says_why(given: Given) -> None:
    given.hand_in("broken.pdf")
    given.work_off()
    (failed,) = given.mine()
    assert (failed.state, failed.reason_ja, failed.reason_en) == (DocumentState.FAILED, WHY.ja, WHY.en)


def test_nobody_else_learns_of_it(given: Given) -> None:
    document = given.hand_in()
    given.work_off()
    for who in (COLLEAGUE, actor(CHUO), replace(ME, organisation=CHUO)):
        with given.records.read() as work, pytest.raises(NotFound):
            given.desk.file(work, who, document.id, "pdf")
        with pytest.raises(NotFound):
            given.desk.remove(who, document.id)
    with given.records.read() as work:
        assert given.desk.mine(work, COLLEAGUE) == ()
        with pytest.raises(Forbidden):
            given.desk.mine(work, actor(ME.organisation, Role.READER))


def test_a_week_later_every_byte_is_gone_unless_another_needs_it(given: Given) -> None:
    given.hand_in()
    given.work_off()
    given.clock.ahead = KEPT + timedelta(minutes=1)
    same = given.hand_in("後から.pdf")
    assert given.desk.look() == 1
    assert [each.id for each in given.mine()] == [same.id]
    assert set(given.blobs.digests()) == {same.digest}
    given.desk.remove(ME, same.id)
    assert list(given.blobs.digests()) == []
    given.work_off()
    assert given.mine() == []
