"""Failure on purpose: killed processes, a full disk, ruined index folders, two processes at once. The records
are the truth; whatever happens, the indexes come to agree with them."""

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb_service.models.entries import Entry
from kb_service.models.searching import Filters, Query
from kb_service.ports.vectors import Embedder, Vectors
from kb_service.rules.blending import blended
from kb_service.rules.passages import meaning_of, passages_of
from kernel.errors import Unavailable
from kernel.records import Records
from tests.fakes.importable import importing_bank
from tests.fakes.searchable import MINATO, NAMES, OWN, SHIBUYA, SmallBank, small_bank

ROOT = Path(__file__).resolve().parents[2]


def doomed(task: str, records: Records, home: Path, argument: str = "-") -> subprocess.Popen[str]:
    """A process of tests.fakes.doomed."""
    command = [sys.executable, "-m", "tests.fakes.doomed", task, records.url, str(home), argument]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def wait_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


@contextmanager
def opened(records: Records, home: Path) -> Iterator[SmallBank]:
    """The bank as the next start finds it, after it has caught up."""
    bank = small_bank(records, home / "index")
    bank.indexing.open()
    bank.indexing.run_pending()
    yield bank
    bank.indexing.stop()


def assert_agree(bank: SmallBank) -> set[str]:
    """Both indexes hold exactly what the records hold, each once, in its last version; the ids."""
    with bank.records.read() as work:
        stored = set(bank.repositories.entries.all_ids(work, "", 10_000))
        entries = bank.repositories.entries.visible(work, stored, MINATO.keys())
    with bank.generations.use() as generation:
        answer = generation.keyword.search(Query(""), MINATO.keys(), Filters(), 10_000)
        assert answer.total == len(entries)
        assert [hit.entry_id for hit in answer.hits if hit.entry_id not in entries] == []
        assert generation.keyword.entries() == len(stored)
        assert generation.meaning is not None
        for entry_id, entry in list(entries.items())[:50]:
            title = generation.keyword.passage(entry_id, 0, MINATO.keys())
            assert title is not None
            assert title.text == entry.content.title
            probe = generation.meaning.embedder.passages([entry.content.title])[0]
            near = generation.meaning.vectors.scores(probe, [entry_id], MINATO.keys())
            expected = expected_vectors(bank, entry, generation.meaning.embedder) @ probe
            assert near[entry_id].score == pytest.approx(expected.max(), abs=0.005)  # kept as float16
    return stored


def expected_vectors(bank: SmallBank, entry: Entry, embedder: Embedder) -> Vectors:
    """What the vector index must hold of the entry as it is now."""
    attachments = bank.repositories.attachments
    with bank.records.read() as work:
        readings = [(one, attachments.parts(work, one.id)) for one in attachments.of_entry(work, entry.id)]
    texts = [meaning_of(passage) for passage in passages_of(entry, readings, NAMES)]
    return blended(embedder.passages(texts))


@pytest.mark.parametrize("when", ["before-words", "after-words", "after-vectors"])
def test_a_crash_between_records_and_indexes_is_repaired(records: Records, home: Path, when: str) -> None:
    process = doomed("save", records, home, when)
    assert process.wait(60) == -signal.SIGKILL
    with opened(records, home) as bank:
        assert len(assert_agree(bank)) == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_writer_killed_at_any_moment(sqlite_records: Records, home: Path, seed: int) -> None:
    process = doomed("write-on", sqlite_records, home)
    wait_ready(process)
    time.sleep(random.Random(seed).uniform(0.2, 0.8))
    process.kill()
    process.wait()
    with opened(sqlite_records, home) as bank:
        assert assert_agree(bank)


def test_a_crash_during_a_rebuild_leaves_the_old_indexes(sqlite_records: Records, home: Path) -> None:
    process = doomed("rebuild", sqlite_records, home, "128")
    assert process.wait(60) == -signal.SIGKILL
    names = {path.name for path in (home / "index").iterdir() if path.is_dir()}
    assert {"keyword-2", "vectors-2"} <= names
    with opened(sqlite_records, home) as bank:
        assert bank.generations.pointer.keyword == "keyword-1"
        assert len(assert_agree(bank)) == 2_200
        left = {path.name for path in (home / "index").iterdir() if path.is_dir()}
        assert left == {"keyword-1", "vectors-1"}


def ruin(folder: Path, how: str) -> None:
    if how == "missing":
        shutil.rmtree(folder)
    for file in [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []:
        if how == "emptied":
            file.write_bytes(b"")
        elif how == "garbage":
            file.write_bytes(random.Random(7).randbytes(max(64, file.stat().st_size)))
        elif how == "cut":
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize("which", ["keyword", "vectors"])
@pytest.mark.parametrize("how", ["missing", "emptied", "garbage", "cut"])
def test_a_ruined_index_is_rebuilt_from_the_records(
    sqlite_records: Records, home: Path, which: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    with opened(sqlite_records, home) as bank:
        for number in range(5):
            bank.add(f"残るべき記事 {number}")
        bank.indexing.run_pending()
        name = getattr(bank.generations.pointer, which)
    ruin(home / "index" / name, how)
    with opened(sqlite_records, home) as bank:
        assert len(assert_agree(bank)) == 5
        bank.add("その後の記事")
        bank.indexing.run_pending()
        assert len(assert_agree(bank)) == 6


def test_a_lost_pointer_is_no_loss(sqlite_records: Records, home: Path) -> None:
    with opened(sqlite_records, home) as bank:
        bank.add("残るべき記事")
    (home / "index" / "current.json").write_text("{")
    with opened(sqlite_records, home) as bank:
        assert len(assert_agree(bank)) == 1


def test_records_older_than_the_indexes(sqlite_records: Records, home: Path, tmp_path: Path) -> None:
    """A backup of the records was restored and the index folder was not."""
    with opened(sqlite_records, home) as bank:
        bank.add("バックアップにある記事")
        bank.indexing.run_pending()
        with (
            sqlite3.connect(sqlite_records.engine.url.database or "") as source,
            sqlite3.connect(tmp_path / "backup.db") as copy,
        ):
            source.backup(copy)
        bank.add("バックアップの後の記事")
        bank.indexing.run_pending()
    restored = Records(f"sqlite:///{tmp_path / 'backup.db'}")
    with opened(restored, home) as bank:
        assert len(assert_agree(bank)) == 1
    restored.close()


def test_narrowing_is_acknowledged_across_processes(records: Records, home: Path) -> None:
    """Another process writes the indexes; when the save returns here, it refuses there."""
    server = doomed("serve", records, home)
    wait_ready(server)
    bank = small_bank(records, home / "index")
    try:
        bank.indexing.open()
        assert not bank.indexing.status().writes
        for number in range(3):
            entry_id = bank.add(f"他区に見せていた記事 {number}")
            assert bank.indexing.wait_for(bank.last(), seconds=2)
            bank.change(entry_id, audience=OWN)
            with bank.generations.use() as generation:
                found = generation.keyword.search(Query("見せていた"), MINATO.keys(), Filters(), 10)
                assert entry_id not in {hit.entry_id for hit in found.hits}
                assert generation.meaning is not None
                vector = generation.meaning.embedder.queries(["見せていた"])[0]
                near = generation.meaning.vectors.search(vector, MINATO.keys(), 10)
                assert entry_id not in {hit.entry_id for hit in near}
    finally:
        server.kill()
        server.wait()
        bank.indexing.stop()


def test_a_killed_server_is_followed_by_the_next(sqlite_records: Records, home: Path) -> None:
    server = doomed("serve", sqlite_records, home)
    wait_ready(server)
    bank = small_bank(sqlite_records, home / "index")
    bank.indexing.start()
    server.kill()
    server.wait()
    bank.add("後を継いだ記事")
    assert bank.indexing.wait_for(bank.last(), seconds=5)
    assert bank.indexing.status().writes
    assert len(assert_agree(bank)) == 1
    bank.indexing.stop()


def test_searches_go_on_while_another_process_takes_over(sqlite_records: Records, home: Path) -> None:
    """Threads that follow the writer do not open over the one that becomes the writer."""
    first = small_bank(sqlite_records, home / "index")
    first.indexing.start()
    first.add("はじめの記事")
    assert first.indexing.wait_for(first.last())
    bank = small_bank(sqlite_records, home / "index")
    bank.indexing.start()
    assert not bank.indexing.status().writes
    over = threading.Event()
    troubles: list[Exception] = []

    def search() -> None:
        while not over.is_set():
            try:
                bank.generations.follow()
                with bank.generations.use() as generation:
                    assert generation.keyword.search(Query(""), MINATO.keys(), Filters(), 10).total >= 1
            except Exception as error:
                troubles.append(error)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    first.indexing.stop()
    bank.add("後を継いだ記事")
    caught_up = bank.indexing.wait_for(bank.last())
    over.set()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert caught_up
    assert bank.indexing.status().writes
    assert len(assert_agree(bank)) == 2
    bank.indexing.stop()


def on_a_full_disk(task: str, records: Records, home: Path, folder: Path) -> None:
    """Runs a task of tests.fakes.full_disk: its files cannot grow for a while. Needs no rights."""
    command = [sys.executable, "-m", "tests.fakes.full_disk", task, records.url, str(home), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("records", ["postgresql"], indirect=True)
def test_indexes_that_cannot_grow(records: Records, home: Path) -> None:
    on_a_full_disk("indexes", records, home, home)
    bank = small_bank(records, home / "index")
    bank.indexing.open()
    assert len(assert_agree(bank)) == 41
    bank.indexing.stop()


@pytest.mark.parametrize("records", ["postgresql"], indirect=True)
def test_an_import_whose_files_cannot_grow(records: Records, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "資料"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.txt").write_text(f"資料{number}\n" + "あ" * 300_000, encoding="utf-8")
    on_a_full_disk("import", records, home, folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    folder = tmp_path / "disk"
    folder.mkdir()
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if not made or made.returncode or not umount:
        pytest.skip("a full disk needs the right to mount a tmpfs of 6 MB")
    yield folder
    subprocess.run([umount, "--lazy", str(folder)], check=False)


def test_a_full_disk_under_the_indexes(sqlite_records: Records, small_disk: Path) -> None:
    """Saving goes on, searching goes on, the operator is told; with space again the indexes catch up."""
    bank = small_bank(sqlite_records, small_disk / "index")
    bank.indexing.start()
    first = bank.add("満杯になる前の記事")
    assert bank.indexing.wait_for(bank.last())
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"), ballast.open("wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()
    for number in range(40):
        bank.add(f"満杯の間の記事 {number}", body="まったく新しい本文。" * 200)
    deadline = time.monotonic() + 10
    while not bank.indexing.status().problem_ja:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with bank.generations.use() as generation:
        hits = generation.keyword.search(Query("満杯になる前"), MINATO.keys(), Filters(), 10).hits
        assert first in {hit.entry_id for hit in hits}
    ballast.unlink()
    assert bank.indexing.wait_for(bank.last(), seconds=20)
    assert len(assert_agree(bank)) == 41
    bank.indexing.stop()


def test_a_full_disk_during_an_import(sqlite_records: Records, small_disk: Path, tmp_path: Path) -> None:
    folder = tmp_path / "資料"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.txt").write_text(f"資料{number}\n" + "あ" * 300_000, encoding="utf-8")
    parts = importing_bank(sqlite_records, small_disk)
    with pytest.raises(Unavailable, match="disk"):
        parts.importing.import_folder(SHIBUYA, folder, lambda *_: None)
    with sqlite_records.read() as work:
        before = parts.bank.repositories.entries.all_ids(work, "", 100)
    assert 0 < len(before) < 8
    assert not list((small_disk / "files" / "incoming").iterdir())
    elsewhere = importing_bank(sqlite_records, tmp_path / "larger")
    report = elsewhere.importing.import_folder(SHIBUYA, folder, lambda *_: None)
    assert (report.read, report.unchanged) == (8 - len(before), len(before))


def test_an_import_killed_at_any_moment(sqlite_records: Records, home: Path, tmp_path: Path) -> None:
    """Killed several times, then run to its end: nothing twice, nothing lost."""
    folder = tmp_path / "資料"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(f"資料その{number}\n本文。", encoding="utf-8")
    for number in range(10):
        other = (number + 1) % 10
        (folder / f"m{number}.md").write_text(
            f"---\nid: m{number}\nkind: case\ntitle: 事例{number}\nstatus: published\naudience: members\n"
            f"links: [m{other}]\nattachments: [{number:02}.txt]\n---\n\n本文{number}\n",
            encoding="utf-8",
        )
    chance = random.Random(20261120)
    for _ in range(6):
        process = doomed("import", sqlite_records, home, str(folder))
        wait_ready(process)
        time.sleep(chance.uniform(0.02, 0.25))
        process.kill()
        process.wait()
    parts = importing_bank(sqlite_records, home)
    parts.bank.indexing.open()
    report = parts.importing.import_folder(SHIBUYA, folder, lambda *_: None)
    assert report.skipped == ()
    assert report.unchanged, "the runs before must have got somewhere, or this test tests nothing"
    parts.bank.indexing.run_pending()
    repositories = parts.bank.repositories
    with sqlite_records.read() as work:
        ids = repositories.entries.all_ids(work, "", 1000)
        entries = [entry for each in ids if (entry := repositories.entries.get(work, each))]
        attached = [repositories.attachments.of_entry(work, each) for each in ids]
        texts = [repositories.attachments.parts(work, one.id) for some in attached for one in some]
    titles = sorted(entry.content.title for entry in entries)
    assert titles == sorted([f"事例{n}" for n in range(10)] + [f"資料その{n}" for n in range(10, 30)])
    assert [len(some) for some in attached] == [1] * 30
    assert all(texts)
    by_id = {entry.id: entry.content.title for entry in entries}
    links = {
        entry.content.title: [by_id[link.target] for link in entry.content.links]
        for entry in entries
        if entry.content.title.startswith("事例")
    }
    assert links == {f"事例{n}": [f"事例{(n + 1) % 10}"] for n in range(10)}
    assert assert_agree(parts.bank) == set(ids)
    parts.bank.indexing.stop()
