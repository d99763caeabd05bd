"""Part of the contract of ports.keyword.KeywordIndex: what a reader may not see changes nothing that the reader
gets, save the order of hits, whose scores weigh words by their rarity in the whole index."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb_service.adapters.tantivy_index import TantivyIndex
from kb_service.models.passages import IndexedEntry, Passage, PassageSource, Removal
from kb_service.models.searching import Filters, Sort
from kb_service.ports.keyword import KeywordIndex
from kb_service.rules.query import parse
from kernel.japanese import Analyser
from kernel.visibility import MEMBERS, organisation_key, reader_keys

CHIYODA, MINATO = "131016", "131032"
READER = reader_keys(CHIYODA)
HIDDEN = frozenset({organisation_key(MINATO)})
OPEN_TO_ALL = frozenset({MEMBERS})
NOTHING = Filters()


@pytest.fixture(params=["tantivy"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeywordIndex]:
    adapters: dict[str, Callable[[], KeywordIndex]] = {
        "tantivy": lambda: TantivyIndex(tmp_path / "index", Analyser())
    }
    with closing(adapters[request.param]()) as made:
        yield made


def entry(
    entry_id: str, title: str, *texts: str, version: int = 1, audience: frozenset[str] = OPEN_TO_ALL
) -> IndexedEntry:
    passages = [Passage(number, PassageSource.BODY, text) for number, text in enumerate(texts, 1)]
    return IndexedEntry(
        entry_id,
        version,
        audience,
        title,
        (Passage(0, PassageSource.TITLE, title), *passages),
        {"tag": (title,)},
        datetime(2026, 1, 1, tzinfo=UTC),
        None,
        None,
        None,
    )


OPEN = [("保育園の届出", "保育園の届出の窓口"), ("転居の届出", "届出の用紙をわたす"), ("介護保険の証", "窓口で証を再発行する"), ("チャットボット", "住民の質問に答える")]  # fmt: skip
ASKED = ("保育園の届出はどうすればよいですか", "届出", "保育園 届出", "ほいくえん", "チャットポット", "「届出の用紙」", "転居 -用紙", "かいごほけんのしょう", "")  # fmt: skip


def answers(index: KeywordIndex, keys: frozenset[str]) -> list[object]:
    """All that a reader gets but the order of hits."""
    told: list[object] = [index.suggest(typed, keys, 20) for typed in ("ほ", "届", "か")]
    for text in ASKED:
        query = parse(text)
        answer = index.search(query, keys, NOTHING, 100)
        told.append((text, answer.total, dict(answer.facets), answer.corrected))
        told.append({hit.entry_id: (hit.matched, hit.fields) for hit in answer.hits})
        told.append({each: len(passages) for each, passages in index.passages(query, ["e0", "e2"], keys, 9).items()})  # fmt: skip
        told.append(index.search(query, keys, NOTHING, 5, Sort.NEWEST).hits[0:])
    return told


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(alphabet="保育園転居介護険の届出証用紙チャットポボほいくえん、", min_size=1, max_size=12), min_size=1, max_size=4),
    copies=st.sampled_from([1, 30, 450]),
    word=st.sampled_from(["届出", "保育園", "窓口"]),
    split=st.booleans(),
)  # fmt: skip
def test_entries_of_others_change_nothing_but_the_order(
    index: KeywordIndex, texts: list[str], copies: int, word: str, split: bool
) -> None:
    at = index.sequence()
    index.write([Removal(f"h{number}") for number in range(4 * 450)] if at else [], at + 1)
    pairs = [OPEN[number % 4] for number in range(48)]
    index.write([entry(f"e{number}", *pair, version=at + 1) for number, pair in enumerate(pairs)], at + 2)
    before = answers(index, READER)
    others = [
        entry(f"h{place * 450 + number}", text, f"{text}。{word}", version=at + 1, audience=HIDDEN)
        for place, text in enumerate(texts)
        for number in range(copies)
    ]  # fmt: skip
    middle = len(others) // 2 if split else 0
    index.write(others[:middle], at + 3)
    index.write(others[middle:], at + 4)
    assert answers(index, READER) == before
    assert index.search(parse(word), READER | HIDDEN, NOTHING, 1).total >= len(others)


def test_a_word_frequent_only_among_others_still_tells(index: KeywordIndex) -> None:
    index.write([entry(f"a{n}", "保育園の案内") for n in range(12)], 1)
    index.write([entry(f"b{n}", "届出の案内") for n in range(12)], 2)
    asked = parse("保育園の届出はどうすればよいですか")
    assert index.search(asked, READER, NOTHING, 10).total == 24
    index.write([entry(f"h{n}", "届出の控え", audience=HIDDEN) for n in range(450)], 3)
    assert index.search(asked, READER, NOTHING, 10).total == 24


def test_passages_are_picked_at_once_and_only_where_they_may_be_read(index: KeywordIndex) -> None:
    index.write([entry(each, f"題{each}", "一つ", "二つ") for each in ("a", "b")], 1)
    index.write([entry("h", "控え", "三つ", audience=HIDDEN)], 2)
    wanted = {"a": (0, 2, 9), "b": (1, 2), "h": (0, 1), "unknown": (0,)}
    picked = index.picked(wanted, READER)
    assert {place: passage.text for place, passage in picked.items()} == {
        ("a", 0): "題a", ("a", 2): "二つ", ("b", 1): "一つ", ("b", 2): "二つ",
    }  # fmt: skip
    assert ("h", 1) in index.picked(wanted, HIDDEN)
    assert index.picked({}, READER) == {}
    assert index.picked({"a": ()}, READER) == {}
