"""The indexes follow the records: soon, in order, through rebuilds, with entries that cannot be indexed."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from kb_service.models.entries import Status
from kb_service.models.searching import Filters, Query
from kb_service.ports.vectors import Embedder, Vectors
from kb_service.service.generations import Generations
from kernel.errors import Text, Unavailable
from kernel.records import Records
from tests.fakes.searchable import MEMBERS, MINATO, OWN, SHIBUYA, RealEngines, SmallBank, small_bank
from tests.fakes.vectors import LetterEmbedder

NONE = Filters()


@pytest.fixture
def bank(sqlite_records: Records, home: Path) -> Iterator[SmallBank]:
    made = small_bank(sqlite_records, home / "index")
    made.indexing.start()
    yield made
    made.indexing.stop()


def found(bank: SmallBank, text: str, keys: frozenset[str] = MINATO.keys()) -> set[str]:
    """Ids that the keyword index gives."""
    with bank.generations.use() as generation:
        return {hit.entry_id for hit in generation.keyword.search(Query(text), keys, NONE, 100).hits}


def near(bank: SmallBank, text: str, keys: frozenset[str] = MINATO.keys()) -> set[str]:
    """Ids that the vector index gives."""
    with bank.generations.use() as generation:
        assert generation.meaning is not None
        vector = generation.meaning.embedder.queries([text])[0]
        return {hit.entry_id for hit in generation.meaning.vectors.search(vector, keys, 100)}


def last(bank: SmallBank) -> int:
    with bank.records.read() as work:
        return bank.repositories.outbox.last(work)


def until(true: Callable[[], bool], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_an_entry_is_found_within_a_second_of_saving(records: Records, home: Path) -> None:
    bank = small_bank(records, home / "index")
    bank.indexing.start()
    try:
        slowest = 0.0
        for number in range(5):
            entry_id = bank.add(f"粗大ごみの受付をAI-OCRで自動化した話 {number}")
            saved = time.monotonic()
            while entry_id not in found(bank, "粗大ごみ") or entry_id not in near(bank, "粗大ごみ"):
                assert time.monotonic() - saved < 1.0
                time.sleep(0.005)
            slowest = max(slowest, time.monotonic() - saved)
        assert slowest < 1.0
    finally:
        bank.indexing.stop()


def test_a_change_of_another_process_is_found_within_a_second(bank: SmallBank, home: Path) -> None:
    elsewhere = small_bank(bank.records, home / "index", engines=bank.engines)
    elsewhere.indexing.open()
    assert not elsewhere.indexing.status().writes
    entry_id = elsewhere.add("別のプロセスから登録した図書館の予約")
    assert elsewhere.indexing.wait_for(last(bank), seconds=1)
    assert entry_id in found(bank, "図書館")
    assert entry_id in found(elsewhere, "図書館")
    elsewhere.indexing.stop()


def test_another_process_takes_over_when_the_writer_has_gone(sqlite_records: Records, home: Path) -> None:
    first = small_bank(sqlite_records, home / "index")
    second = small_bank(sqlite_records, home / "index", engines=first.engines)
    first.indexing.start()
    second.indexing.start()
    before = first.add("先の窓口の混雑表示")
    assert second.indexing.wait_for(last(first))
    assert (first.indexing.status().writes, second.indexing.status().writes) == (True, False)
    first.indexing.stop()
    after = second.add("後の窓口の混雑予測")
    assert second.indexing.wait_for(last(second), seconds=2)
    assert second.indexing.status().writes
    assert found(second, "窓口 混雑") == {before, after}
    second.indexing.stop()


@pytest.mark.parametrize("change", [{"audience": OWN}, {"status": Status.DRAFT}])
def test_narrowing_is_acknowledged_when_both_indexes_refuse(
    records: Records, home: Path, change: dict[str, object]
) -> None:
    bank = small_bank(records, home / "index")
    bank.indexing.start()
    try:
        for number in range(3):
            entry_id = bank.add(f"国民健康保険の督促を減らした方法 {number}")
            assert bank.indexing.wait_for(last(bank))
            assert entry_id in found(bank, "督促") & near(bank, "督促")
            bank.change(entry_id, **change)
            assert entry_id not in found(bank, "督促") | near(bank, "督促")
            assert entry_id in found(bank, "督促", SHIBUYA.keys()) & near(bank, "督促", SHIBUYA.keys())
    finally:
        bank.indexing.stop()


def test_deleting_is_acknowledged_when_both_indexes_refuse(bank: SmallBank) -> None:
    entry_id = bank.add("廃止した制度の手引き")
    assert bank.indexing.wait_for(last(bank))
    with bank.records.write() as work:
        bank.entries.delete(work, SHIBUYA, entry_id, 1)
    assert entry_id not in found(bank, "廃止", SHIBUYA.keys()) | near(bank, "廃止", SHIBUYA.keys())


def test_narrowing_tells_when_the_indexes_cannot_follow(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry_id = bank.add("介護認定の訪問調査")
    assert bank.indexing.wait_for(last(bank))
    with bank.generations.use() as generation:
        keyword = generation.keyword

    def full(*_: object) -> None:
        raise Unavailable(Text("空きがありません。", "No space."))

    monkeypatch.setattr("kb_service.service.indexing.WAIT_SECONDS", 0.3)
    monkeypatch.setattr(type(keyword), "write", full)
    with pytest.raises(Unavailable, match="saved"):
        bank.change(entry_id, audience=OWN)
    monkeypatch.undo()
    with bank.records.read() as work:
        assert bank.entries.get(work, SHIBUYA, entry_id).content.audience == OWN
    assert bank.indexing.wait_for(last(bank), seconds=5)
    assert entry_id not in found(bank, "訪問調査")


def test_the_latest_of_many_saves_stands(bank: SmallBank) -> None:
    entry_id = bank.add("版0の防災無線")
    for number in range(1, 20):
        bank.change(entry_id, title=f"版{number}の防災無線", body=f"第{number}回の見直し。")
    assert bank.indexing.wait_for(last(bank))
    with bank.generations.use() as generation:
        passage = generation.keyword.passage(entry_id, 0, MINATO.keys())
    assert passage is not None
    assert passage.text == "版19の防災無線"


def test_reindex_while_searching_goes_on(bank: SmallBank) -> None:
    ids = {
        bank.add(f"道路占用許可の電子申請 {number}", body="窓口に行かずに申請できる。")
        for number in range(80)
    }
    assert bank.indexing.wait_for(last(bank))
    stop, misses, searches = threading.Event(), list[int](), list[int]()

    def search() -> None:
        while not stop.is_set():
            searches.append(1)
            if len(found(bank, "道路占用許可")) < len(ids) or len(near(bank, "道路占用許可")) < len(ids):
                misses.append(1)

    searcher = threading.Thread(target=search)
    searcher.start()
    steps: list[tuple[int, int]] = []
    before = bank.generations.pointer
    total = bank.indexing.reindex(lambda done, of: steps.append((done, of)))
    late = bank.add("作り直しの直後の登録")
    assert bank.indexing.wait_for(last(bank))
    stop.set()
    searcher.join()
    assert total == 80
    assert steps[0] == (0, 80)
    assert steps[-1] == (80, 80)
    assert searches
    assert not misses
    assert bank.generations.pointer != before
    assert late in found(bank, "作り直し")
    time.sleep(0.05)
    folders = {path.name for path in bank.generations.folder.iterdir() if path.is_dir()}
    assert folders == {bank.generations.pointer.keyword, bank.generations.pointer.vectors}


def test_what_is_saved_during_a_rebuild_is_in_the_new_index(bank: SmallBank) -> None:
    for number in range(130):
        bank.add(f"学童保育の入所調整 {number}")
    assert bank.indexing.wait_for(last(bank))
    saved: list[str] = []

    def progress(done: int, total: int) -> None:
        saved.append(bank.add(f"作り直し中に登録した給食費 {done}"))

    bank.indexing.reindex(progress)
    assert bank.indexing.wait_for(last(bank))
    assert len(saved) >= 3
    assert set(saved) <= found(bank, "給食費")
    assert set(saved) <= near(bank, "給食費")


def test_another_embedder_gets_vectors_of_its_own(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    entry_id = bank.add("電話の聞き取りを自動で文字にする")
    assert bank.indexing.wait_for(last(bank))

    class Other(LetterEmbedder):
        dimensions = 32
        version = "letters-2"

    monkeypatch.setattr("kb_service.service.indexing.PROMOTED_SECONDS", 0.05)
    bank.engines.current = Other()
    end = time.monotonic() + 5
    while bank.generations.pointer.embedder != "letters-2":
        assert time.monotonic() < end
        assert entry_id in near(bank, "電話")  # the old vectors serve until the new ones are there
        time.sleep(0.01)
    assert entry_id in near(bank, "電話")
    assert bank.indexing.status().meaning == "letters-2"


def test_vectors_that_cannot_be_built_are_tried_ever_more_rarely(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry_id = bank.add("議会の録画配信")
    assert bank.indexing.wait_for(last(bank))
    tried: list[float] = []

    class Failing(LetterEmbedder):
        dimensions = 32
        version = "letters-2"
        mended = False

        def passages(self, texts: Sequence[str]) -> Vectors:
            if not self.mended:
                tried.append(time.monotonic())
                raise MemoryError
            return super().passages(texts)

    monkeypatch.setattr("kb_service.service.indexing.PROMOTED_SECONDS", 0.0)
    monkeypatch.setattr("kb_service.service.indexing.POLL_SECONDS", 0.01)
    monkeypatch.setattr("kb_service.service.indexing.BUILD_AGAIN_SECONDS", (0.3, 60.0))
    failing = Failing()
    bank.engines.current = failing
    until(lambda: len(tried) == 3)
    first, second, third = tried
    assert second - first >= 0.3
    assert third - second >= 0.6
    assert "letters-2" in bank.indexing.status().problem_ja
    assert entry_id in near(bank, "録画")
    failing.mended = True
    until(lambda: bank.generations.pointer.embedder == "letters-2")
    until(lambda: not bank.indexing.status().problem_ja)


def test_a_defect_that_stops_the_indexing_is_told(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bank.indexing.status().problem_en == ""

    def defect(_: object) -> int:
        raise AssertionError("a defect")

    with monkeypatch.context() as patched:
        patched.setattr("kb_service.service.feeding.Feeding.catch_up", defect)
        patched.setattr("kb_service.service.indexing.BACK_OFF_SECONDS", 0.05)
        bank.add("索引に載らない間の記事")
        until(lambda: "unexpected" in bank.indexing.status().problem_en)
    until(lambda: not bank.indexing.status().problem_en)
    assert bank.indexing.wait_for(last(bank), seconds=5)


def test_a_model_that_changed_while_nothing_ran(sqlite_records: Records, home: Path) -> None:
    class Other(LetterEmbedder):
        dimensions = 32
        version = "letters-2"

    first = small_bank(sqlite_records, home / "index")
    first.indexing.open()
    entry_id = first.add("手話通訳の派遣")
    first.indexing.run_pending()
    keyword = first.generations.pointer.keyword
    first.indexing.stop()
    second = small_bank(sqlite_records, home / "index")
    second.engines.current = Other()
    second.indexing.open()
    assert entry_id in found(second, "手話通訳")  # words answer while the vectors are filled
    second.indexing.run_pending()
    assert entry_id in near(second, "手話通訳")
    assert second.indexing.status().meaning == "letters-2"
    assert second.generations.pointer.keyword == keyword
    second.indexing.stop()


def test_a_model_that_comes_later(
    sqlite_records: Records, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(RealEngines):
        there = False

        def embedder(self) -> Embedder:
            if not self.there:
                raise Unavailable(Text("モデルがありません。", "No model."))
            return self.current

    monkeypatch.setattr("kb_service.service.indexing.PROMOTED_SECONDS", 0.0)
    engines = Later()
    bank = small_bank(sqlite_records, home / "index", engines=engines)
    bank.indexing.open()
    entry_id = bank.add("後から意味でも探せる")
    bank.indexing.run_pending()
    assert bank.indexing.status().meaning == ""
    engines.there = True
    bank.indexing.run_pending()
    assert entry_id in near(bank, "意味")
    bank.indexing.stop()


def test_only_words_when_there_is_no_model(sqlite_records: Records, home: Path) -> None:
    class NoModel(RealEngines):
        def embedder(self) -> LetterEmbedder:
            raise Unavailable(Text("モデルがありません。", "No model."))

    bank = small_bank(sqlite_records, home / "index", engines=NoModel())
    bank.indexing.start()
    entry_id = bank.add("言葉だけで探す")
    assert bank.indexing.wait_for(last(bank))
    with bank.generations.use() as generation:
        assert generation.meaning is None
    assert entry_id in found(bank, "言葉")
    bank.indexing.stop()


def test_an_entry_that_cannot_be_indexed_holds_up_nobody(
    sqlite_records: Records, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = small_bank(sqlite_records, home / "index")
    analyse = bank.engines.analyser.analyse

    def defective(text: str) -> object:
        if "毒" in text:
            raise RuntimeError("tokenizer died")
        return analyse(text)

    monkeypatch.setattr(bank.engines.analyser, "analyse", defective)
    good = [bank.add(f"良い記事 {number}") for number in range(5)]
    bad = bank.add("毒のある記事")
    good += [bank.add(f"良い記事 {number}") for number in range(5, 10)]
    bank.indexing.start()
    try:
        assert bank.indexing.wait_for(last(bank), seconds=5)
        assert found(bank, "記事") == set(good)
        status = bank.indexing.status()
        assert [trouble.entry_id for trouble in status.troubles] == [bad]
        assert "tokenizer died" in status.troubles[0].reason
        assert json.loads((home / "index" / "troubles.json").read_text())[0]["entry_id"] == bad
        bank.change(bad, title="薬になった記事")
        assert bank.indexing.wait_for(last(bank), seconds=5)
        assert bad in found(bank, "記事")
        assert not bank.indexing.status().troubles
    finally:
        bank.indexing.stop()


def test_a_version_that_cannot_be_indexed_takes_the_old_one_away(
    bank: SmallBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry_id = bank.add("はじめは良い記事")
    assert bank.indexing.wait_for(last(bank))
    analyse = bank.engines.analyser.analyse

    def defective(text: str) -> object:
        if "毒" in text:
            raise RuntimeError("tokenizer died")
        return analyse(text)

    monkeypatch.setattr(bank.engines.analyser, "analyse", defective)
    bank.change(entry_id, title="毒になった記事", audience=OWN)
    assert entry_id not in found(bank, "記事")


def test_two_openings_of_one_folder_agree_who_writes(sqlite_records: Records, home: Path) -> None:
    engines = RealEngines()
    first = small_bank(sqlite_records, home / "index", engines=engines)
    first.indexing.open()
    with pytest.raises(Unavailable):
        Generations(home / "elsewhere", engines).open(writable=False)
    second = small_bank(sqlite_records, home / "index", engines=engines)
    second.indexing.open()
    assert first.indexing.status().writes
    assert not second.indexing.status().writes
    entry_id = first.add("一つの書き手", audience=MEMBERS)
    first.indexing.run_pending()
    assert second.indexing.wait_for(last(first), seconds=2)
    assert entry_id in found(second, "書き手")
    second.indexing.stop()
    first.indexing.stop()
