"""What happens to the keyword index when a disk is full, a process dies, or two processes share the folder."""

import os
import resource
import shutil
import signal
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from kb_service.adapters.tantivy_index import TantivyIndex, writing
from kb_service.models.passages import IndexedEntry, Passage, PassageSource
from kb_service.models.searching import Filters
from kb_service.rules.query import parse
from kernel.errors import Unavailable
from kernel.japanese import Analyser
from kernel.visibility import MEMBERS

READER = frozenset({MEMBERS})


def entry(number: int, title: str = "粗大ごみの収集") -> IndexedEntry:
    text = f"{title}は第{number}地区で電話により申し込む。" * 20
    passages = (Passage(0, PassageSource.TITLE, title), Passage(1, PassageSource.BODY, text))
    return IndexedEntry(f"e{number}", 1, READER, title, passages)


def total(index: TantivyIndex, typed: str = "粗大ごみ") -> int:
    return index.search(parse(typed), READER, Filters(), 5).total


def write_on_a_full_disk(folder: Path) -> None:
    """Runs in a process of its own, which then cannot make files larger than 2,000 bytes for a while."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    index = TantivyIndex(folder, Analyser())
    index.write([entry(1)], 1)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    try:
        index.write([entry(number) for number in range(2, 300)], 2)
    except Unavailable as error:
        refused = "ディスクの空き" in error.text.ja
    else:
        refused = False
    still_there = (total(index), index.sequence()) == (1, 1)
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    index.write([entry(number) for number in range(2, 300)], 2)
    repaired = (total(index), index.sequence()) == (299, 2)
    index.close()
    os._exit(0 if refused and still_there and repaired else 10 + 4 * refused + 2 * still_there + repaired)


def test_a_full_disk_is_said_loses_nothing_and_is_survived(tmp_path: Path) -> None:
    child = get_context("fork").Process(target=write_on_a_full_disk, args=(tmp_path / "index",))
    child.start()
    child.join(60)
    assert child.exitcode == 0


def killed_between(folder: Path) -> None:
    """Commits passages, not entries, and is killed: the worst moment."""
    index = TantivyIndex(folder, Analyser())
    index.write([entry(1)], 1)

    class Killed:
        def commit(self) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

    writer = index._writer
    assert writer is not None
    real = writer._entries
    writer._entries = Killed()  # type: ignore[assignment]
    index.write([entry(1, "図書館の予約"), entry(2)], 2)


def test_a_process_killed_between_the_two_commits_is_repaired_by_the_same_changes(tmp_path: Path) -> None:
    child = get_context("fork").Process(target=killed_between, args=(tmp_path / "index",))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    with closing(TantivyIndex(tmp_path / "index", Analyser())) as index:
        assert (index.sequence(), index.entries(), total(index)) == (1, 1, 1)
        newer = entry(1, "図書館の予約")
        index.write([IndexedEntry("e1", 2, READER, newer.title, newer.passages), entry(2)], 2)
        assert (index.sequence(), index.entries(), total(index), total(index, "図書館")) == (2, 2, 1, 1)
        assert len(index.passages(parse("地区"), ["e1"], READER, 5)["e1"]) == 1


def test_readers_of_the_folder_see_a_commit_at_their_next_question(tmp_path: Path) -> None:
    analyser = Analyser()
    with pytest.raises(Unavailable) as missing:
        TantivyIndex(tmp_path / "index", analyser, writable=False)
    assert "reindex" in missing.value.text.ja
    with closing(TantivyIndex(tmp_path / "index", analyser)) as writer:
        reader = TantivyIndex(tmp_path / "index", analyser, writable=False)
        assert total(reader) == 0
        writer.write([entry(1)], 1)
        assert (total(reader), reader.sequence()) == (1, 1)
        with pytest.raises(Unavailable):
            reader.write([entry(2)], 2)
        reader.close()


def test_a_search_under_way_ends_on_the_index_that_was_replaced(tmp_path: Path) -> None:
    analyser = Analyser()
    with closing(TantivyIndex(tmp_path / "index", analyser)) as writer:
        writer.write([entry(1)], 1)
    reader = TantivyIndex(tmp_path / "index", analyser, writable=False)
    shutil.rmtree(tmp_path / "index")
    assert (total(reader), reader.sequence()) == (1, 1)


def test_a_reader_waits_until_an_index_of_another_layout_is_replaced(tmp_path: Path) -> None:
    analyser = Analyser()
    with closing(TantivyIndex(tmp_path / "index", analyser)) as writer:
        writer.write([entry(1)], 1)
    (tmp_path / "index" / "layout").write_text("0")
    with pytest.raises(Unavailable):
        TantivyIndex(tmp_path / "index", analyser, writable=False)


def test_an_index_of_another_layout_is_begun_anew(tmp_path: Path) -> None:
    with closing(TantivyIndex(tmp_path / "index", Analyser())) as index:
        index.write([entry(1)], 5)
    (tmp_path / "index" / "layout").write_text("0")
    with closing(TantivyIndex(tmp_path / "index", Analyser())) as index:
        assert (index.sequence(), index.entries()) == (0, 0)


def test_what_an_entry_is_guilty_of_is_no_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own error goes to the caller, who leaves the entry out; Unavailable would be tried again for ever."""
    index = TantivyIndex(tmp_path / "index", Analyser())
    index.write([entry(1)], 1)
    made = writing.entry_documents

    def defective(change: IndexedEntry, *rest: object) -> object:
        if "毒" in change.title:
            raise ValueError("no such day")
        return made(change, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "entry_documents", defective)
    with pytest.raises(ValueError, match="no such day"):
        index.write([entry(2), entry(3, "毒のある記事")], 2)
    assert (total(index), index.sequence()) == (1, 1)
    index.write([entry(2)], 2)
    assert (total(index), index.sequence()) == (2, 2)
    index.close()
