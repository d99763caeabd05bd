"""The job that reads an attachment: states, progress, refusals, and running twice."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from kb_service.models.attachments import Attachment, ReadingState
from kb_service.models.searching import Filters, Query
from kb_service.ports.extraction import ExtractedText, Progress
from kb_service.tasks.reading import ReadAttachment
from kernel.clock import Clock
from kernel.errors import Text, Unavailable
from kernel.jobs import Job, JobState, Report, Retry, Task, Worker
from kernel.records import Records
from tests.fakes.importable import ImportingBank, PlainTexts, importing_bank
from tests.fakes.searchable import MINATO, SHIBUYA


@pytest.fixture
def parts(records: Records, home: Path) -> Iterator[ImportingBank]:
    made = importing_bank(records, home)
    made.bank.indexing.open()
    yield made
    made.bank.indexing.stop()


def attach(parts: ImportingBank, content: bytes, name: str = "資料.txt") -> Attachment:
    entry_id = parts.bank.add("添付のある記事")
    stored = parts.blobs.add(BytesIO(content), 10_000_000)
    with parts.bank.records.write() as work:
        return parts.attachments.add(work, SHIBUYA, entry_id, name, stored)


def work_off(parts: ImportingBank) -> None:
    read = ReadAttachment(parts.bank.records, parts.attachments, PlainTexts())
    Worker(parts.bank.records, {read.name: read}, Clock()).run_pending()
    parts.bank.indexing.run_pending()


def now(parts: ImportingBank, attachment: Attachment) -> Attachment:
    with parts.bank.records.read() as work:
        return parts.attachments.get(work, SHIBUYA, attachment.id)


def found(parts: ImportingBank, text: str) -> list[str]:
    with parts.bank.generations.use() as generation:
        answer = generation.keyword.search(Query(text), MINATO.keys(), Filters(), 10)
        return [hit.entry_id for hit in answer.hits]


def test_the_text_is_found_when_the_job_is_done(parts: ImportingBank) -> None:
    attachment = attach(parts, "下水道台帳の電子化について。".encode())
    assert attachment.state is ReadingState.WAITING
    work_off(parts)
    assert now(parts, attachment).state is ReadingState.DONE
    assert found(parts, "下水道台帳") == [attachment.entry_id]
    with parts.bank.records.read() as work:
        [job] = parts.jobs.recent(work)
    assert job.state is JobState.DONE
    assert (job.progress_done, job.progress_total) == (1, 1)


def test_why_it_could_not_be_read(parts: ImportingBank) -> None:
    attachment = attach(parts, b"\xff\xfe\x00", "壊れた.txt")
    work_off(parts)
    after = now(parts, attachment)
    assert after.state is ReadingState.UNREADABLE
    assert after.reason_ja == "壊れた.txt は壊れています。"
    assert found(parts, "壊れた.txt") == [attachment.entry_id]  # its name is found all the same


def test_a_lost_file_is_told(parts: ImportingBank) -> None:
    attachment = attach(parts, b"text")
    parts.blobs.remove(attachment.digest)
    work_off(parts)
    assert "もう一度添付" in now(parts, attachment).reason_ja


def test_an_attachment_that_is_gone_is_no_error(parts: ImportingBank) -> None:
    attachment = attach(parts, b"text")
    with parts.bank.records.write() as work:
        parts.attachments.remove(work, SHIBUYA, attachment.id)
    work_off(parts)
    with parts.bank.records.read() as work:
        [job] = [one for one in parts.jobs.recent(work) if one.name == ReadAttachment.name]
    assert job.state is JobState.DONE


def test_what_a_killed_worker_began_is_read_by_the_next(parts: ImportingBank) -> None:
    attachment = attach(parts, "途中で止まった文書。".encode())
    with parts.bank.records.write() as work:
        parts.attachments.set_state(work, attachment.id, ReadingState.READING, 3, 40)
    work_off(parts)
    assert now(parts, attachment).state is ReadingState.DONE


def test_reading_again_keeps_the_text_until_then(parts: ImportingBank) -> None:
    attachment = attach(parts, "何度でも読める文書。".encode())
    work_off(parts)
    with parts.bank.records.write() as work:
        parts.attachments.read_again(work, SHIBUYA, attachment.id)
    parts.bank.change(attachment.entry_id, body="間に保存した。")
    parts.bank.indexing.run_pending()
    assert found(parts, "何度でも") == [attachment.entry_id]
    work_off(parts)
    assert now(parts, attachment).state is ReadingState.DONE


class Crashing:
    """A reader that fails as no file should make it fail."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def extract(self, file: Path, name: str, progress: Progress) -> ExtractedText:
        raise self.error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "No space left on device"), "完了できませんでした"),
        (Unavailable(Text("読み取りの準備ができません。", "No sandbox.")), "準備ができません"),
    ],
)
def test_a_reading_that_is_given_up_is_told_and_can_be_asked_for_again(
    parts: ImportingBank, error: Exception, reason: str
) -> None:
    attachment = attach(parts, "あとで読める文書。".encode())
    read = ReadAttachment(parts.bank.records, parts.attachments, Crashing(error))
    task = Task(read, Retry(2, timedelta(0)), read.gave_up)
    assert Worker(parts.bank.records, {read.name: task}, Clock()).run_pending() == 2
    after = now(parts, attachment)
    assert after.state is ReadingState.UNREADABLE
    assert reason in after.reason_ja
    with parts.bank.records.write() as work:
        parts.attachments.read_again(work, SHIBUYA, attachment.id)
    work_off(parts)
    assert now(parts, attachment).state is ReadingState.DONE


def test_reading_again_while_the_last_job_is_being_closed(parts: ImportingBank) -> None:
    attachment = attach(parts, "何度でも読める文書。".encode())
    read = ReadAttachment(parts.bank.records, parts.attachments, PlainTexts())

    def handler(job: Job, report: Report) -> None:
        read(job, report)
        if now(parts, attachment).state is ReadingState.DONE and not asked:
            asked.append(job.id)  # somebody presses the button before the worker has closed the job
            with parts.bank.records.write() as work:
                parts.attachments.read_again(work, SHIBUYA, attachment.id)

    asked: list[str] = []
    assert Worker(parts.bank.records, {read.name: handler}, Clock()).run_pending() == 2
    assert now(parts, attachment).state is ReadingState.DONE


def test_asking_again_for_a_reading_that_goes_on_asks_for_nothing_new(parts: ImportingBank) -> None:
    attachment = attach(parts, b"text")
    with parts.bank.records.write() as work:
        parts.attachments.set_state(work, attachment.id, ReadingState.READING, 3, 40)
        assert parts.attachments.read_again(work, SHIBUYA, attachment.id).pages_done == 3
        assert len(parts.jobs.recent(work)) == 1
