"""Both arms and their mix, over real indexes: who is found, counted and explained."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb_service.adapters.faiss_index import FaissIndex
from kb_service.adapters.tantivy_index import TantivyIndex
from kb_service.models.passages import IndexedEntry, Passage, PassageSource
from kb_service.models.searching import Filters, Sort
from kb_service.ports.vectors import VectorChange
from kb_service.rules.blending import blended
from kb_service.rules.query import parse
from kb_service.service.retrieval import MEANING, WORDS, Retrieved, Retriever
from kernel.japanese import Analyser
from kernel.visibility import MEMBERS, organisation_key, reader_keys
from tests.fakes.vectors import TopicEmbedder

CHIYODA, MINATO = "131016", "131032"
READER = reader_keys(CHIYODA)
EMBEDDER = TopicEmbedder("ごみ 廃棄物 清掃", "保育園 園児 入園", "税金 納税")
ALL = Filters()


def entry(
    entry_id: str, title: str, text: str, keys: frozenset[str] = frozenset({MEMBERS}), **facets: str
) -> IndexedEntry:
    passages = (Passage(0, PassageSource.TITLE, title), Passage(1, PassageSource.BODY, text))
    return IndexedEntry(
        entry_id, 1, keys, title, passages, {name: (value,) for name, value in facets.items()}
    )


ENTRIES = [
    entry("gomi", "ごみの出し方", "ごみは朝8時までに出します。", kind="runbook"),
    entry("haiki", "廃棄物の処理計画", "廃棄物を減らす計画です。清掃工場で燃やします。", kind="case"),
    entry(
        "own", "清掃の内部資料", "廃棄物の単価表です。", frozenset({organisation_key(MINATO)}), kind="case"
    ),
    entry("hoiku", "保育園の入園", "園児の選考をします。", kind="case"),
    entry("zei", "納税の相談", "税金の分割払いを相談できます。", kind="runbook"),
]


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retriever]:
    folder: Path = tmp_path_factory.mktemp("indexes")
    keyword = TantivyIndex(folder / "keyword", Analyser())
    vectors = FaissIndex(folder / "vectors", EMBEDDER.dimensions, EMBEDDER.version)
    keyword.write(ENTRIES, 1)
    rows = [blended(EMBEDDER.passages([passage.text for passage in each.passages])) for each in ENTRIES]
    vectors.write(
        [VectorChange(each.entry_id, each, row) for each, row in zip(ENTRIES, rows, strict=True)], 1
    )
    yield Retriever(keyword, vectors, EMBEDDER)
    keyword.close()
    vectors.close()


def ask(retriever: Retriever, text: str, keys: frozenset[str] = READER, filters: Filters = ALL) -> Retrieved:
    return retriever.retrieve(parse(text), keys, filters, 10)


def ids(answer: Retrieved) -> list[str]:
    return [candidate.entry_id for candidate in answer.candidates]


def counts(answer: Retrieved, facet: str) -> dict[str, int]:
    return {each.value: each.count for each in answer.facets.get(facet, ())}


def test_what_is_meant_is_found_beside_what_is_said(retriever: Retriever) -> None:
    answer = ask(retriever, "ごみ")
    assert ids(answer) == ["gomi", "haiki"]
    said, meant = answer.candidates
    assert said.why.words > 0 and "ごみ" in "".join(said.why.matched)
    assert (meant.why.words, meant.why.meaning, meant.why.matched) == (0, 1, ())
    assert meant.passage == 1 or meant.passage == 0
    assert answer.total == 2
    assert counts(answer, "kind") == {"runbook": 1, "case": 1}


def test_rights_reach_both_arms_totals_and_facets(retriever: Retriever) -> None:
    theirs = ask(retriever, "ごみ", reader_keys(MINATO))
    assert set(ids(theirs)) == {"gomi", "haiki", "own"}
    assert (theirs.total, counts(theirs, "kind")) == (3, {"runbook": 1, "case": 2})
    assert ask(retriever, "ごみ", reader_keys(None)).total == 0


def test_filters_reach_both_arms(retriever: Retriever) -> None:
    answer = ask(retriever, "ごみ", filters=Filters({"kind": ("case",)}))
    assert ids(answer) == ["haiki"]
    assert answer.total == 1


def test_what_is_excluded_is_not_found_by_meaning_either(retriever: Retriever) -> None:
    assert ids(ask(retriever, "ごみ -清掃工場")) == ["gomi"]
    assert ask(retriever, "ごみ -清掃工場").total == 1


def test_a_phrase_is_matched_by_words_alone(retriever: Retriever) -> None:
    answer = ask(retriever, 'ごみ "出し方"')
    assert ids(answer) == ["gomi"]
    assert answer.total == 1


def test_each_arm_can_answer_alone(retriever: Retriever) -> None:
    words = retriever.retrieve(parse("ごみ"), READER, ALL, 10, arms=(WORDS,))
    assert (ids(words), words.arms, words.total) == (["gomi"], (WORDS,), 1)
    meaning = retriever.retrieve(parse("ごみ"), READER, ALL, 10, arms=(MEANING,))
    assert set(ids(meaning)) == {"gomi", "haiki"}
    assert meaning.total == 2
    assert counts(meaning, "kind") == {"runbook": 1, "case": 1}
    assert all(candidate.why.meaning == pytest.approx(1, abs=0.5) for candidate in meaning.candidates)


def test_without_a_known_word_words_answer(retriever: Retriever) -> None:
    answer = ask(retriever, "選考")
    assert (ids(answer), answer.arms) == (["hoiku"], (WORDS,))


def test_another_order_than_relevance_is_of_words(retriever: Retriever) -> None:
    answer = retriever.retrieve(parse("ごみ"), READER, ALL, 10, sort=Sort.NEWEST)
    assert (ids(answer), answer.arms) == (["gomi"], (WORDS,))


def test_an_empty_question_lists_what_may_be_read(retriever: Retriever) -> None:
    assert set(ids(ask(retriever, ""))) == {"gomi", "haiki", "hoiku", "zei"}
    assert ask(retriever, "-ごみ").total == 3


def test_pages_add_up_to_the_total(retriever: Retriever) -> None:
    whole = ask(retriever, "ごみ 保育園")
    pages = [
        retriever.retrieve(parse("ごみ 保育園"), READER, ALL, limit).candidates[limit - 1].entry_id
        for limit in range(1, whole.total + 1)
    ]
    assert pages == ids(whole)
    assert len(whole.candidates) == whole.total


def test_without_vectors_words_answer(retriever: Retriever) -> None:
    alone = Retriever(retriever._keyword)
    answer = alone.retrieve(parse("ごみ"), READER, ALL, 10)
    assert (ids(answer), answer.arms) == (["gomi"], (WORDS,))
