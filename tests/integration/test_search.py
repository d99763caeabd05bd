"""The search service: both arms, checked in the records, for each reader their own answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb_service.models.entries import CaseFields, Link, Status
from kb_service.models.passages import PassageSource
from kb_service.models.searching import Filters, Sort
from kb_service.rules.query import parse
from kb_service.service.search import DEEPEST, Search
from kernel.errors import Invalid, NotFound
from kernel.records import Records
from tests.fakes.searchable import MINATO, OWN, SHIBUYA, SmallBank, small_bank


@pytest.fixture
def bank(sqlite_records: Records, home: Path) -> Iterator[SmallBank]:
    made = small_bank(sqlite_records, home / "index")
    made.indexing.open()
    yield made
    made.indexing.stop()


def service(bank: SmallBank) -> Search:
    bank.indexing.run_pending()
    return Search(bank.records, bank.generations, bank.entries, bank.repositories.attachments, parse)


def test_a_hit_says_where_and_why(bank: SmallBank) -> None:
    wanted = bank.add("窓口のペーパーレス化", body="# 効果\n\n転入届の記入台をなくし、書かない窓口にした。")
    bank.add("図書館の予約棚", body="予約した本を棚から取る。")
    results = service(bank).search(MINATO, "転入届")
    assert [hit.entry.id for hit in results.hits] == [wanted]
    extract = results.hits[0].extracts[0]
    assert extract.passage.source is PassageSource.BODY
    assert extract.passage.heading == "効果"
    assert [extract.passage.text[start:end] for start, end in extract.marks] == ["転入届"]
    assert results.hits[0].why.words > 0
    assert results.total == 1
    assert results.arms == ("words", "meaning")


def test_another_organisation_never_sees_what_is_our_own(bank: SmallBank) -> None:
    secret = bank.add("区内限りの滞納整理の手順", audience=OWN, tags=("滞納整理",))
    draft = bank.add("滞納整理の下書き", status=Status.DRAFT)
    search = service(bank)
    assert {hit.entry.id for hit in search.search(SHIBUYA, "滞納整理").hits} == {secret, draft}
    for reader in (MINATO, None):
        for text in ("滞納整理", "たいのうせいり", '"区内限り"', ""):
            results = search.search(reader, text)
            assert results.hits == ()
            assert results.total == 0
            assert not any(count.count for counts in results.facets.values() for count in counts)
        assert search.suggest(reader, "滞納") == ()
        with pytest.raises(NotFound):
            search.related(reader, secret)
    assert search.suggest(SHIBUYA, "滞納") != ()


def test_the_records_have_the_last_word(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that does not know yet that entries were withdrawn: they are not shown, the page is filled from
    the next ones, and the total does not count them."""
    ids = [bank.add(f"電子申請の導入 {number}", body="電子申請" * (40 - number)) for number in range(30)]
    search = service(bank)
    first = [hit.entry.id for hit in search.search(MINATO, "電子申請").hits]
    monkeypatch.setattr(bank.indexing, "changed", lambda *_: None)
    for entry_id in first:
        bank.change(entry_id, audience=OWN)
    results = search.search(MINATO, "電子申請")
    assert len(results.hits) == 10
    assert not {hit.entry.id for hit in results.hits} & set(first)
    assert results.total == len(ids) - 10


def test_pages_follow_each_other(bank: SmallBank) -> None:
    ids = {bank.add(f"保育園の入園事務 {number}") for number in range(25)}
    search = service(bank)
    pages = [search.search(MINATO, "入園事務", offset=offset, limit=10) for offset in (0, 10, 20, 30)]
    found = [hit.entry.id for page in pages for hit in page.hits]
    assert len(found) == len(set(found)) == 25
    assert set(found) == ids
    assert {page.total for page in pages} == {25}
    with pytest.raises(Invalid, match="1,000"):
        search.search(MINATO, "入園事務", offset=DEEPEST, limit=10)


def test_filters_sort_and_facets(bank: SmallBank) -> None:
    ocr = bank.add("帳票の読取", fields=CaseFields(technology="AI-OCR", effect_hours=100.0))
    rpa = bank.add("帳票の転記", fields=CaseFields(technology="RPA", effect_hours=900.0))
    search = service(bank)
    results = search.search(MINATO, "帳票", Filters({"technology": ("RPA",)}))
    assert [hit.entry.id for hit in results.hits] == [rpa]
    counts = {count.value: count.count for count in results.facets["technology"]}
    assert counts == {"AI-OCR": 1, "RPA": 1}
    assert [hit.entry.id for hit in search.search(MINATO, "帳票", sort=Sort.EFFECT).hits] == [rpa, ocr]
    assert [hit.entry.id for hit in search.search(MINATO, "", sort=Sort.NEWEST).hits] == [rpa, ocr]


def test_related_entries(bank: SmallBank) -> None:
    target = bank.add("議事録の自動作成", tags=("音声認識", "議会"))
    with_link = bank.add("議会の録画配信", links=(Link(target),))
    tagged = bank.add("電話応対の音声認識", tags=("音声認識",))
    similar = bank.add("議事録の自動作成を試した")
    hidden = bank.add("議事録の自動作成の課題", audience=OWN, tags=("音声認識", "議会"))
    related = service(bank).related(MINATO, target)
    assert [each.entry.id for each in related.linked] == [with_link]
    assert [each.id for each in related.same_tags] == [tagged]
    assert similar in [each.id for each in related.similar]
    everything = {each.id for each in (*related.same_tags, *related.similar)}
    assert hidden not in everything
    assert target not in everything


def test_words_answer_when_the_vectors_fail(bank: SmallBank, monkeypatch: pytest.MonkeyPatch) -> None:
    entry_id = bank.add("災害時の避難所の受付")
    search = service(bank)

    def broken(texts: object) -> object:
        raise RuntimeError("the model is gone")

    monkeypatch.setattr(bank.engines.current, "queries", broken)
    results = search.search(MINATO, "避難所")
    assert [hit.entry.id for hit in results.hits] == [entry_id]
    assert results.arms == ("words",)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "「",
        "-",
        "- -",
        "\x00",
        "🎌",
        "\u202eمرحبا",
        "AND OR NOT",
        "*:*",
        "(a",
        "~",
        "^2",
        "\\",
        "\ud800",
        "あ" * 2000,
    ],
)
def test_any_text_gets_an_answer(bank: SmallBank, text: str) -> None:
    bank.add("何でもない記事")
    results = service(bank).search(MINATO, text)
    assert results.total >= 0


def test_too_long_a_text_is_refused_with_a_reason(bank: SmallBank) -> None:
    with pytest.raises(Invalid, match="too long"):
        service(bank).search(MINATO, "あ" * 10_000)
